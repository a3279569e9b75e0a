import type { Labels } from '@tocsin/promql'

const OFFSET = 0x811c9dc5
const PRIME = 0x01000193

/** A 32-bit number that equal label sets share, in whatever order their labels come; an empty value is no label. */
export function hashLabels(labels: Labels): number {
  let hash = 0
  for (const name in labels) {
    const value = labels[name] ?? ''
    // A sum, so that the order plays no part.
    if (value !== '') hash = (hash + Math.imul(hashText(value, hashText(name, OFFSET)), PRIME)) | 0
  }
  return hash
}

/** Fowler, Noll and Vo's hash (FNV-1a) over the code units of a text, going on from another. */
function hashText(text: string, from: number): number {
  let hash = from
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME)
  // What ends here must not run into what follows: ab, c and a, bc are different.
  return Math.imul(hash ^ (hash >>> 15), PRIME)
}

/** Whether two label sets are equal, empty values aside; `interned` has none. */
export function hasLabels(interned: Labels, labels: Labels): boolean {
  let count = 0
  for (const name in labels) {
    const value = labels[name]
    if (value === '') continue
    // An inherited property of the interned ones is no text, and so never equal.
    if (interned[name] !== value) return false
    count++
  }
  for (const _ in interned) count--
  return count === 0
}
