import type { ChannelKindDefinition } from '../channel-kind.ts'

type Raw = Readonly<Record<string, unknown>>

/** An item of a receiver, with what it lacks taken from `global:`. A value given in a file counts as given. */
export function withGlobals(definition: ChannelKindDefinition, item: Raw, global: Raw): Raw {
  const taken: Record<string, unknown> = {}
  for (const [name, { field }] of Object.entries(definition.globals)) {
    const bare = field.replace(/_file$/, '')
    const isGiven = item[bare] !== undefined || item[`${bare}_file`] !== undefined
    if (!isGiven && global[name] !== undefined) taken[field] = global[name]
  }
  return { ...taken, ...item }
}
