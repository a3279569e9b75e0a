import type { Labels } from '../storage.ts'
import type { VectorMatching } from '../syntax/ast.ts'
import type { Block } from './block.ts'
import { keyOf, labelsKey, METRIC_NAME, NO_LABELS, omitLabels, pickLabels } from './labels.ts'

/** What a series is matched by, remembered by the identity of its labels. */
export type Signature = (labels: Labels) => string

const known = new WeakMap<VectorMatching, Signature>()

export function signatureOf(matching: VectorMatching): Signature {
  const cached = known.get(matching)
  if (cached) return cached
  const byLabels = new WeakMap<Labels, string>()
  const ignored = [...matching.labels, METRIC_NAME]
  const names = [...matching.labels].sort()
  const signature: Signature = (labels) => {
    const found = byLabels.get(labels)
    if (found !== undefined) return found
    const key = matching.on ? keyOf(labels, names) : labelsKey(omitLabels(labels, ignored))
    byLabels.set(labels, key)
    return key
  }
  known.set(matching, signature)
  return signature
}

/** The labels two series have been matched by. */
export function matchedLabels(matching: VectorMatching, labels: Labels): Labels {
  return matching.on
    ? pickLabels(labels, matching.labels)
    : omitLabels(labels, [...matching.labels, METRIC_NAME])
}

/** Numbers the signatures of several blocks' rows: equal numbers match. */
export function numberRows(
  matching: VectorMatching,
  blocks: readonly Block[],
): { rows: Int32Array[]; count: number } {
  const signature = signatureOf(matching)
  const numbers = new Map<string, number>()
  const rows = blocks.map((block) => {
    const numbered = new Int32Array(block.labels.length)
    for (let row = 0; row < numbered.length; row++) {
      const key = signature(block.labels[row] ?? NO_LABELS)
      let number = numbers.get(key)
      if (number === undefined) {
        number = numbers.size
        numbers.set(key, number)
      }
      numbered[row] = number
    }
    return numbered
  })
  return { rows, count: numbers.size }
}
