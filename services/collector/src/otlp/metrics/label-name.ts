/** The name of a label, the same object for every attribute that has it. */
export interface LabelName {
  /** Empty when nothing is left of the attribute's key. */
  readonly name: string
  /** More than one attribute is known to have this name. */
  shared: boolean
}

/** All are forgotten beyond this, and formed anew. */
const MOST_KEYS = 10_000
/** The contract's limit. */
const MOST_CHARACTERS = 256

const byKey = new Map<string, LabelName>()
const byName = new Map<string, LabelName>()

/** Longer ones are formed every time: what is remembered has a bound. */
const LONGEST_KEPT = 1000

/** The label that an attribute is in Prometheus. */
export function labelNameOf(key: string): LabelName {
  if (key.length > LONGEST_KEPT) return { name: formLabelName(key), shared: true }
  const known = byKey.get(key)
  if (known) return known
  if (byKey.size >= MOST_KEYS) {
    byKey.clear()
    byName.clear()
  }
  const name = formLabelName(key)
  const sibling = byName.get(name)
  if (sibling) sibling.shared = true
  const label = sibling ?? { name, shared: false }
  byKey.set(key, label)
  byName.set(name, label)
  return label
}

/**
 * By OpenTelemetry's rules for compatibility: other characters become one underscore. What would begin with a digit or
 * an underscore gets `key` before it, as in Prometheus; so no name is one of those that are reserved.
 */
export function formLabelName(key: string): string {
  const name = key.replace(/[^a-zA-Z0-9]+/g, '_')
  if (name === '' || name === '_' || name.length > MOST_CHARACTERS - 4) return ''
  if (/^\d/.test(name)) return `key_${name}`
  return name.startsWith('_') ? `key${name}` : name
}
