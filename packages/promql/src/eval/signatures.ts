import type { Labels } from '../storage.ts'
import type { VectorMatching } from '../syntax/ast.ts'
import type { Block } from './block.ts'
import { keyOf, labelsKey, METRIC_NAME, NO_LABELS, omitLabels, pickLabels } from './labels.ts'
import type { Query } from './query.ts'

/** Looking at a row's labels costs about as much as this many samples. */
const UNITS_PER_ROW = 32

/** What a series is matched by: equal for series that match. */
export type Signature = (labels: Labels) => string

export function signatureOf(matching: VectorMatching): Signature {
  const ignored = [...matching.labels, METRIC_NAME]
  const names = [...matching.labels].sort()
  return (labels) => (matching.on ? keyOf(labels, names) : labelsKey(omitLabels(labels, ignored)))
}

/** The labels two series have been matched by. */
export function matchedLabels(matching: VectorMatching, labels: Labels): Labels {
  return matching.on
    ? pickLabels(labels, matching.labels)
    : omitLabels(labels, [...matching.labels, METRIC_NAME])
}

/** Numbers the signatures of two blocks' rows: equal numbers match. */
export function* numberRows(
  query: Query,
  matching: VectorMatching,
  left: Block,
  right: Block,
): Generator<void, { left: Int32Array; right: Int32Array; count: number }> {
  const signature = signatureOf(matching)
  const numbers = new Map<string, number>()
  function* numberBlock({ labels }: Block): Generator<void, Int32Array> {
    const numbered = new Int32Array(labels.length)
    for (let row = 0; row < numbered.length; row++) {
      if (query.due(UNITS_PER_ROW)) yield
      const key = signature(labels[row] ?? NO_LABELS)
      let number = numbers.get(key)
      if (number === undefined) {
        number = numbers.size
        numbers.set(key, number)
      }
      numbered[row] = number
    }
    return numbered
  }
  return { left: yield* numberBlock(left), right: yield* numberBlock(right), count: numbers.size }
}
