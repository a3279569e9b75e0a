import { fingerprint, type Labels } from '@tocsin/contract'

const known = new WeakMap<Labels, string>()

/** Names the label set that a result has, without the metric's name and before a rule adds its own labels. */
export function originOf(labels: Labels): string {
  const before = known.get(labels)
  if (before !== undefined) return before
  const { __name__: _, ...rest } = labels
  const origin = fingerprint(rest)
  known.set(labels, origin)
  return origin
}
