import path from 'node:path'
import { z } from 'zod'
import type { ChannelKindDefinition } from '../../channels/channel-kind.ts'
import { flag, text } from '../../channels/settings/fields.ts'
import { withGlobals } from '../../channels/settings/globals.ts'
import type { Integration, Receiver } from '../policy.ts'
import { createChannelNames } from './channel-names.ts'
import { additions } from './config-schema.ts'
import type { Faults } from './faults.ts'
import { foreignGlobals, foreignKinds } from './foreign-kinds.ts'
import type { Path } from './yaml-source.ts'

type Raw = Readonly<Record<string, unknown>>

/** A receiver, and what Tocsin adds to it. */
export interface ReadReceiver extends Receiver, Partial<z.infer<z.ZodObject<typeof additions>>> {
  readonly path: Path
}

export interface ReceiverDeps {
  readonly kinds: readonly ChannelKindDefinition[]
  /** Where relative paths of files with secrets begin. */
  readonly folder: string
  readonly faults: Faults
}

/** Reads `receivers` by the kinds of channels that there are; what they lack is taken from `global`. */
export function readReceivers(
  given: readonly unknown[],
  global: Raw,
  { kinds, folder, faults }: ReceiverDeps,
): ReadonlyMap<string, ReadReceiver> {
  const schema = receiverSchema(kinds)
  const nameOf = createChannelNames()
  const found = new Map<string, ReadReceiver>()
  for (const [i, item] of given.entries()) {
    const at: Path = ['receivers', i]
    const known = refuseForeign(item, at, faults)
    const lists = faults.parse(schema, known, at) ?? {}
    const named = faults.parse(receiver, known, at)
    if (!named) continue
    const { name, rate_limit, digest, fallback } = named
    if (found.has(name))
      faults.add([...at, 'name'], `there are two receivers ${JSON.stringify(name)}: rename one`)
    const integrations = kinds.flatMap((kind) =>
      itemsOf(lists, kind).map((raw, k): Integration => {
        const { send_resolved, ...rest } = resolvePaths(raw, folder)
        const place = [...at, kind.configKey, k]
        const sendResolved = faults.parse(flag.default(kind.sendResolved), send_resolved, [
          ...place,
          'send_resolved',
        ])
        const settings = readItem(kind, rest, { global, place, faults })
        return {
          channel: nameOf(name, kind.kind),
          type: kind.kind,
          sendResolved: sendResolved ?? false,
          settings,
        }
      }),
    )
    found.set(name, { name, integrations, rate_limit, digest, fallback, path: at })
  }
  return found
}

/** Checks `global`; what is wrong there is said there, and not for each receiver that reads it. */
export function readGlobal(global: Raw, { kinds, folder, faults }: ReceiverDeps): Raw {
  const known = new Map(kinds.flatMap(({ globals }) => Object.entries(globals)))
  const good: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(resolvePaths(global, folder))) {
    const field = known.get(name)
    if (field && faults.parse(field.schema, value, ['global', name]) !== undefined) good[name] = value
    else if (!field && !foreignGlobals.has(name))
      faults.add(['global', name], `unknown field ${JSON.stringify(name)} of global: remove it`, 'key')
  }
  return good
}

/** What every receiver has, beside the lists of its channels. */
const receiver = z.object({ name: text, ...additions }, 'a receiver with a name')

function receiverSchema(kinds: readonly ChannelKindDefinition[]): z.ZodType<Raw> {
  const items = z.array(z.record(z.string(), z.unknown(), 'a mapping of settings'), 'a list').optional()
  const lists = Object.fromEntries(kinds.map(({ configKey }) => [configKey, items]))
  return z.strictObject({ ...receiver.shape, ...lists }, 'a receiver with a name')
}

function itemsOf(lists: Raw, { configKey }: ChannelKindDefinition): readonly Raw[] {
  const items = lists[configKey]
  return Array.isArray(items) ? items : []
}

function refuseForeign(item: unknown, at: Path, faults: Faults): unknown {
  if (typeof item !== 'object' || item === null) return item
  const known = Object.entries(item).filter(([name]) => {
    const instead = foreignKinds[name]
    if (instead !== undefined) faults.add([...at, name], `${name} is not supported: ${instead}`, 'key')
    return instead === undefined
  })
  return Object.fromEntries(known)
}

function readItem(
  kind: ChannelKindDefinition,
  item: Raw,
  { global, place, faults }: { readonly global: Raw; readonly place: Path; readonly faults: Faults },
): unknown {
  const whole = withGlobals(kind, item, global)
  const fromGlobal = new Map(Object.entries(kind.globals).map(([name, { field }]) => [field, name]))
  return faults.parse(kind.settings, whole, place, (below) => {
    const [field, ...rest] = below
    const name = fromGlobal.get(String(field))
    const isTaken =
      field !== undefined && item[String(field)] === undefined && whole[String(field)] !== undefined
    return isTaken && name !== undefined ? ['global', name, ...rest] : [...place, ...below]
  })
}

/** Files are found from the configuration's folder on, wherever the process was started. */
function resolvePaths<T extends Raw>(settings: T, folder: string): T & Raw {
  const resolved = (value: unknown) => (typeof value === 'string' ? path.resolve(folder, value) : value)
  const entries = Object.entries(settings).map(([name, value]) => {
    if (name.endsWith('_file')) return [name, resolved(value)]
    if (name === 'files' && Array.isArray(value)) return [name, value.map(resolved)]
    const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value)
    return [name, isMapping ? resolvePaths(value as Raw, folder) : value]
  })
  return Object.fromEntries(entries) as T & Raw
}
