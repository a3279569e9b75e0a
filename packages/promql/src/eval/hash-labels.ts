import type { Labels } from '../storage.ts'
import { labelsKey } from './labels.ts'

/** A label set's place in [0, 1): the same for the same labels, spread evenly (FNV-1a, finished by murmur's mix). */
export function hashLabels(labels: Labels): number {
  const key = labelsKey(labels)
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
