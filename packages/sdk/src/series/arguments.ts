import { format } from 'node:util'
import type { RawLabels } from '../publish/prom-client.ts'

/** Whether a first argument is labels, as prom-client tells. */
export const isLabels = (value: unknown): value is RawLabels => typeof value === 'object' && value !== null

/** The labels that `labels()` and `remove()` were given: an object, or values in the order of their names. */
export function labelsOf(names: readonly string[], given: readonly unknown[]): RawLabels {
  const [first] = given
  if (typeof first === 'object') return (first ?? {}) as RawLabels
  if (names.length !== given.length)
    throw new Error(
      `Invalid number of arguments (${given.length}): "${given.join(', ')}" for label names (${names.length}): "${names.join(', ')}".`,
    )
  const labels: Record<string, unknown> = {}
  for (let i = 0; i < names.length; i++) labels[names[i] as string] = given[i]
  return labels
}

/** A value that may be added to a counter or observed: finite, since no sum recovers from what is not. */
export function finite(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new TypeError(`Value is not a valid number: ${format(value)}`)
}
