import { writeStaleAt } from '@tocsin/promql'
import type { WrittenSeries } from '@tocsin/testkit'

type Next = () => number
/** A value of a series at one scrape, or that there is none. */
type Drawn = number | 'gap' | 'stale'

/** Two hours across midnight on a leap day, so that every date function has something to say. */
export const DATA_START_MS = Date.UTC(2024, 1, 29, 23)
export const DATA_END_MS = DATA_START_MS + 2 * 3_600_000

const JOBS = ['api', 'web', 'db']
const INSTANCES = ['a:1', 'b:1']
const LATENCY_BOUNDS = ['0.05', '0.1', '0.5', '1', '5', '+Inf']
const SPECIAL = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

/**
 * Counters that reset, gauges with every kind of value, series that come, pause and end, and histograms, some of
 * them broken. Every timestamp is an odd number of milliseconds: queries look at even ones, so no sample lies on
 * the bound of a window.
 */
export function generateData(seed: number): WrittenSeries[] {
  const next = randomFrom(seed)
  const all: WrittenSeries[] = []
  for (const job of JOBS) {
    for (const instance of INSTANCES) all.push(...targetSeries(next, job, instance))
    const times = scrapes(next)
    const gauge = gaugeValues(next, times.length, 0)
    all.push(...seriesOf({ __name__: 'limits', job, team: `team-${job.length}` }, times, gauge))
    all.push(...brokenHistogram(next, job, times))
  }
  return all
}

function targetSeries(next: Next, job: string, instance: string): WrittenSeries[] {
  const times = scrapes(next)
  const count = times.length
  const target = { job, instance }
  const zone: Record<string, string> = job === 'db' ? {} : { zone: next() < 0.5 ? 'eu' : 'us' }
  const requests = ['GET', 'POST'].flatMap((method) =>
    ['200', '404', '500'].flatMap((code) =>
      // Not every series exists at every target.
      next() < 0.15
        ? []
        : seriesOf(
            { __name__: 'http_requests_total', ...target, method, code },
            times,
            withGaps(next, counterValues(next, count)),
          ),
    ),
  )
  const upgrade = Math.floor(count * (0.3 + 0.4 * next()))
  return [
    ...requests,
    ...seriesOf({ __name__: 'errors_total', ...target }, times, withGaps(next, counterValues(next, count))),
    ...seriesOf({ __name__: 'temperature', ...target, ...zone }, times, gaugeValues(next, count, 0.01)),
    ...seriesOf({ __name__: 'queue_depth', ...target }, times, queueValues(next, count)),
    ...seriesOf(
      { __name__: 'up', ...target },
      times,
      times.map(() => (next() < 0.9 ? 1 : 0)),
    ),
    ...seriesOf(
      { __name__: 'build_info', ...target, version: '1.9' },
      times,
      times.map((_, i) => (i < upgrade ? 1 : i === upgrade ? 'stale' : 'gap')),
    ),
    ...seriesOf(
      { __name__: 'build_info', ...target, version: '1.10' },
      times,
      times.map((_, i) => (i < upgrade ? 'gap' : 1)),
    ),
    ...histogram(next, target, times),
  ]
}

/** About every fifteen seconds, with jitter, now and then missed. */
function scrapes(next: Next): number[] {
  const times: number[] = []
  for (let time = DATA_START_MS + next() * 15_000; time < DATA_END_MS; time += 14_000 + next() * 2_000) {
    if (next() < 0.98) times.push(2 * Math.floor(time / 2) + 1)
  }
  return times
}

/** Begins so high, and falls so far at a reset, that no window is held to be the counter's beginning. */
function counterValues(next: Next, count: number): number[] {
  let value = 1e8 + Math.floor(next() * 1000)
  let start = 1e8
  return Array.from({ length: count }, () => {
    if (next() < 0.004) {
      start *= 0.3
      value = Math.floor(start)
    } else if (next() < 0.9) value += Math.floor(next() * 50)
    return value
  })
}

function gaugeValues(next: Next, count: number, special: number): Drawn[] {
  const values = Array.from({ length: count }, () =>
    next() < special ? (SPECIAL[Math.floor(next() * 3)] ?? 0) : Math.floor(next() * 2400) / 8 - 100,
  )
  return withGaps(next, values)
}

/** Small whole numbers, often the same, seldom below zero. */
const queueValues = (next: Next, count: number): number[] =>
  Array.from({ length: count }, () => Math.floor(next() * 7) - 2)

/** Leaves out a stretch now and then; a staleness marker stands at the beginning of every other one. */
function withGaps(next: Next, values: readonly number[]): Drawn[] {
  let left = 0
  return values.map((value) => {
    if (left > 0) {
      left--
      return 'gap'
    }
    if (next() > 0.006) return value
    left = Math.floor(next() * 40)
    return next() < 0.5 ? 'stale' : 'gap'
  })
}

/** Counters of one scale per bucket, that fall together. */
function histogram(next: Next, target: Record<string, string>, times: readonly number[]): WrittenSeries[] {
  const rows = LATENCY_BOUNDS.map((): number[] => [])
  let scale = 1
  const added = LATENCY_BOUNDS.map(() => 0)
  for (const _ of times) {
    if (next() < 0.004) scale *= 0.3
    let rise = 0
    for (const [i, row] of rows.entries()) {
      rise += next() < 0.3 ? 0 : Math.floor(next() * 20)
      added[i] = (added[i] ?? 0) + rise
      row.push(Math.floor(1e8 * (i + 1) * scale) + (added[i] ?? 0))
    }
  }
  return LATENCY_BOUNDS.flatMap((le, i) =>
    seriesOf({ __name__: 'latency_seconds_bucket', ...target, le }, times, rows[i] ?? []),
  )
}

/** Buckets that are not monotonic, bounds that are no numbers or written oddly, and for one job no +Inf. */
function brokenHistogram(next: Next, job: string, times: readonly number[]): WrittenSeries[] {
  const bounds = ['-1', '0.10', '1e0', 'none', '10', ...(job === 'db' ? [] : ['+Inf'])]
  return bounds.flatMap((le, i) =>
    seriesOf(
      { __name__: 'odd_bucket', job, le },
      times,
      times.map(() => 5 * i + Math.floor(next() * 12)),
    ),
  )
}

function seriesOf(
  labels: Record<string, string>,
  times: readonly number[],
  drawn: readonly Drawn[],
): WrittenSeries[] {
  const kept = times.flatMap((time, i) => {
    const value = drawn[i] ?? 'gap'
    return value === 'gap' ? [] : [{ time, value }]
  })
  const values = Float64Array.from(kept, ({ value }) => (value === 'stale' ? 0 : value))
  for (const [i, { value }] of kept.entries()) if (value === 'stale') writeStaleAt(values, i)
  return kept.length === 0 ? [] : [{ labels, timestamps: kept.map(({ time }) => time), values }]
}

/** Numbers in [0, 1) that the seed determines (mulberry32). */
function randomFrom(seed: number): Next {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
