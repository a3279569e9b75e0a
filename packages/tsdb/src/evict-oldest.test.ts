import { describe, expect, test } from 'vitest'
import { createHead } from './head.ts'

function noisyHead(maxBytes: number) {
  const head = createHead({ maxBytes, chunkSamples: 64 })
  const series = Array.from({ length: 20 }, (_, i) => {
    const one = head.intern({ __name__: 'noise', i: String(i) })
    if ('refused' in one) throw new Error(one.detail)
    return one
  })
  return { head, series }
}

describe('the cap in bytes', () => {
  test('drops the oldest samples first and leaves no hole', () => {
    const { head, series } = noisyHead(1_000_000)
    for (let i = 0; i < 10_000; i++)
      for (const one of series) head.append(one, i * 1000, Math.sin(i * one.ref))
    const { bytes, evicted, samples, appended } = head.stats()
    expect(bytes).toBeLessThanOrEqual(1_000_000)
    expect(evicted).toBeGreaterThan(50_000)
    expect(samples).toBe(appended - evicted)
    for (const one of series) {
      const kept = head.read(one, 0, Infinity)?.timestamps ?? new Float64Array()
      const first = kept[0] ?? Infinity
      expect(kept).toEqual(Float64Array.from({ length: kept.length }, (_, i) => first + i * 1000))
      expect(kept.at(-1)).toBe(9_999_000)
    }
  })

  test('refuses series once nothing is left to drop, and says so', () => {
    const { head } = noisyHead(300_000)
    let refused: string | undefined
    for (let i = 0; i < 1_000 && !refused; i++) {
      const one = head.intern({ __name__: `m${i}` })
      if ('refused' in one) refused = one.refused
    }
    expect(refused).toBe('byte_limit')
    expect(head.stats().overflow).toEqual([{ reason: 'byte_limit', name: '', refusals: 1 }])
  })

  test('survives late samples into what was evicted', () => {
    const { head, series } = noisyHead(600_000)
    for (let i = 0; i < 2_000; i++)
      for (const one of series) {
        head.append(one, i * 1000, Math.sin(i * one.ref))
        head.append(one, i * 1000 - ((i * one.ref * 7_919) % 1_000_000), 1)
      }
    for (const one of series) {
      const kept = [...(head.read(one, -Infinity, Infinity)?.timestamps ?? [])]
      expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b))
      expect(kept.at(-1)).toBe(1_999_000)
    }
    const { samples, appended, inserted, evicted } = head.stats()
    expect(samples).toBe(appended + inserted - evicted)
  })
})
