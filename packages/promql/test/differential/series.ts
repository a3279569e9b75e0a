import type { SequenceValue } from '../../src/promqltest/mod.ts'
import type { Labels } from '../../src/storage.ts'

/** A series of the data both engines are given: a sample every ten seconds from `firstMs` on. */
export interface TestSeries {
  readonly labels: Labels
  readonly firstMs: number
  readonly values: readonly SequenceValue[]
}

/** When the data begins: a whole hour. */
export const EPOCH_MS = Date.UTC(2024, 0, 15, 12)
export const INTERVAL_MS = 10_000
/** Samples per series: forty minutes. */
const SAMPLES = 240

/** A generator of numbers in [0, 1) that a seed determines (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Counters with resets, gauges with gaps and staleness markers, and classic histograms. No sample lies on a
 * whole second, so that ranges open on the left (3.x) and closed (2.x) hold the same samples.
 */
export function testSeries(seed: number): TestSeries[] {
  const next = numbersFrom(seed)
  const all: TestSeries[] = []
  const add = (labels: Labels, values: readonly SequenceValue[]): void => {
    all.push({ labels, firstMs: EPOCH_MS + 100 + Math.floor(next() * 9000), values })
  }
  for (const job of ['api', 'web', 'db']) {
    for (const instance of ['1', '2']) {
      add({ __name__: 'requests_total', job, instance, code: '200' }, counter(next))
      add({ __name__: 'requests_total', job, instance, code: '500' }, counter(next))
      add({ __name__: 'temperature', job, instance }, gauge(next))
      for (const [labels, values] of histogram(next, { job, instance })) add(labels, values)
    }
    add({ __name__: 'limits', job, team: `team-${job}` }, gauge(next))
  }
  return all
}

/** It begins high, so that neither version takes its zero for the start of the series. */
function counter(next: () => number): number[] {
  let value = 50_000 + Math.floor(next() * 1000)
  return Array.from({ length: SAMPLES }, () => {
    value = next() < 0.01 ? 40_000 : value + Math.floor(next() * 50)
    return value
  })
}

function gauge(next: () => number): SequenceValue[] {
  let gap = 0
  return Array.from({ length: SAMPLES }, () => {
    if (gap > 0) {
      gap--
      return 'gap'
    }
    if (next() < 0.01) {
      gap = Math.floor(next() * 12)
      return next() < 0.5 ? 'stale' : 'gap'
    }
    return Math.floor(next() * 4000) / 8 - 100
  })
}

function histogram(next: () => number, labels: Labels): [Labels, number[]][] {
  const bounds = ['0.1', '0.5', '1', '5', '+Inf']
  const counts = bounds.map((_, i) => 20_000 * (i + 1))
  const rows: number[][] = bounds.map(() => [])
  for (let sample = 0; sample < SAMPLES; sample++) {
    let rise = 0
    for (const [i, row] of rows.entries()) {
      rise += Math.floor(next() * 20)
      counts[i] = (counts[i] ?? 0) + rise
      row.push(counts[i] ?? 0)
    }
  }
  return bounds.map((le, i) => [{ __name__: 'latency_seconds_bucket', ...labels, le }, rows[i] ?? []])
}
