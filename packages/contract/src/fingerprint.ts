import type { Labels } from './envelope.ts'

const OFFSET = 14695981039346656037n
const PRIME = 1099511628211n
const MASK = (1n << 64n) - 1n
const encoder = new TextEncoder()

/**
 * Alertmanager's fingerprint of a label set: FNV-1a over the sorted pairs, 16 hexadecimal digits.
 * Source: prometheus/common `model/signature.go`.
 */
export function fingerprint(labels: Labels): string {
  let hash = OFFSET
  const add = (byte: number) => {
    hash = ((hash ^ BigInt(byte)) * PRIME) & MASK
  }
  for (const name of Object.keys(labels).sort()) {
    for (const byte of encoder.encode(name)) add(byte)
    add(255)
    for (const byte of encoder.encode(labels[name])) add(byte)
    add(255)
  }
  return hash.toString(16).padStart(16, '0')
}
