import type { Labels } from './envelope.ts'

// FNV-1a's offset basis and prime of 64 bits, in halves; the prime is 2^40 + 0x1b3.
const OFFSET_HIGH = 0xcbf29ce4
const OFFSET_LOW = 0x84222325
const PRIME_LOW = 0x1b3
const TWO_32 = 2 ** 32

const encoder = new TextEncoder()

/**
 * Alertmanager's fingerprint of a label set: FNV-1a over the sorted pairs, 16 hexadecimal digits.
 * Source: prometheus/common `model/signature.go`.
 */
export function fingerprint(labels: Labels): string {
  let high = OFFSET_HIGH
  let low = OFFSET_LOW
  const add = (byte: number) => {
    const mixed = (low ^ byte) >>> 0
    const product = mixed * PRIME_LOW
    high = (Math.imul(high, PRIME_LOW) + Math.floor(product / TWO_32) + (mixed << 8)) >>> 0
    low = product % TWO_32
  }
  const addText = (text: string) => {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit < 128) add(unit)
      else {
        // The rest at once: what belongs together may be two units.
        for (const byte of encoder.encode(text.slice(i))) add(byte)
        break
      }
    }
    add(255)
  }
  for (const name of Object.keys(labels).sort()) {
    addText(name)
    addText(labels[name] ?? '')
  }
  return hex(high) + hex(low)
}

function hex(half: number): string {
  return half.toString(16).padStart(8, '0')
}
