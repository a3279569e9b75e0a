import type { Labels } from '@tocsin/contract'
import { labelsKey } from '../evaluation/labels-key.ts'
import type { ExpectedAlert, ExpectedSample } from './test-file.ts'

/** Something that was expected, something that was got, or one in the place of the other. */
export interface Difference<T> {
  readonly expected: T | undefined
  readonly got: T | undefined
}

/** Annotations without those that Tocsin takes for instructions and adds itself: Prometheus shows them, Tocsin does not. */
export function withoutInstructions(annotations: Labels): Labels {
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => !name.startsWith('tocsin_')))
}

/** Where the alerts that fire differ from those that are expected; nothing when they are the same. */
export function compareAlerts(
  expected: readonly ExpectedAlert[],
  got: readonly ExpectedAlert[],
): readonly Difference<ExpectedAlert>[] {
  return pair(
    expected,
    got,
    (a, b) => labelsKey(a.labels) === labelsKey(b.labels),
    (a, b) => labelsKey(a.annotations) === labelsKey(b.annotations),
  )
}

/** Where samples differ from those that are expected. As in promtool, NaN is equal to nothing. */
export function compareSamples(
  expected: readonly ExpectedSample[],
  got: readonly { readonly labels: Labels; readonly value: number }[],
  fuzzy: boolean,
): readonly Difference<ExpectedSample>[] {
  return pair(
    expected,
    got,
    (a, b) => labelsKey(a.labels) === labelsKey(b.labels),
    (a, b) => a.value === b.value || (fuzzy && isNeighbour(a.value, b.value)),
  )
}

/** Matches what is wholly equal first, then what is the same but for its content; what is left has no counterpart. */
function pair<T>(
  expected: readonly T[],
  got: readonly T[],
  isSame: (a: T, b: T) => boolean,
  isEqual: (a: T, b: T) => boolean,
): readonly Difference<T>[] {
  const left = [...got]
  const take = (meets: (one: T) => boolean): T | undefined => {
    const at = left.findIndex(meets)
    return at < 0 ? undefined : left.splice(at, 1)[0]
  }
  const unequal = expected.filter(
    (one) => take((other) => isSame(one, other) && isEqual(one, other)) === undefined,
  )
  const differing = unequal.map((one) => ({ expected: one, got: take((other) => isSame(one, other)) }))
  return [...differing, ...left.map((one) => ({ expected: undefined, got: one }))]
}

/** Whether nothing but the last bit tells two doubles apart: the bits of neighbours differ by one. */
function isNeighbour(a: number, b: number): boolean {
  const [x = 0n, y = 0n] = new BigInt64Array(new Float64Array([a, b]).buffer)
  return x - y === 1n || y - x === 1n
}
