import { classicBounds, type ExponentialRun, toClassicCounts } from '../intake/exponential-buckets.ts'
import type { NativeBuckets, NativeHistogram } from './native-histogram.ts'

/** A histogram as classic buckets: counts cumulative over the bounds, +Inf last. */
export interface ClassicHistogram {
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
  readonly fault?: undefined
}

const CUSTOM = -53
const FINEST = 52
const COARSEST = -9
/** The contract's limit. */
const MOST_BOUNDS = 200

/** What a native histogram is in classic buckets, or why it is none. */
export function toClassicHistogram(
  metric: string,
  histogram: NativeHistogram,
): ClassicHistogram | { readonly fault: string } {
  const positive = runsOf(histogram.positive)
  const negative = runsOf(histogram.negative)
  const fault = findFault(histogram, positive, negative)
  if (fault !== undefined) return { fault }
  if (histogram.schema === CUSTOM) return toCustomCounts(histogram, positive ?? [])
  const bounds = classicBounds(metric)
  const exponential = {
    scale: histogram.schema,
    count: histogram.count,
    zeroCount: histogram.zeroCount,
    zeroThreshold: histogram.zeroThreshold,
    positive: positive ?? [],
    negative: negative ?? [],
  }
  return { bounds, counts: toClassicCounts(exponential, bounds) }
}

/** Runs of buckets as counts; undefined when runs and numbers do not belong together. */
function runsOf({ offsets, lengths, deltas, counts }: NativeBuckets): readonly ExponentialRun[] | undefined {
  const numbers = deltas.length > 0 ? deltas : counts
  const inAll = lengths.reduce((sum, length) => sum + length, 0)
  if (inAll !== numbers.length || (deltas.length > 0 && counts.length > 0)) return undefined
  const runs: ExponentialRun[] = []
  let index = 0
  let count = 0
  let next = 0
  for (const [i, length] of lengths.entries()) {
    const gap = offsets[i] ?? 0
    if (i > 0 && gap < 0) return undefined
    index += gap
    const own: number[] = []
    for (let k = 0; k < length; k++) {
      const number = numbers[next++] ?? 0
      count = deltas.length > 0 ? count + number : number
      if (!(count >= 0 && count < Infinity)) return undefined
      own.push(count)
    }
    // Prometheus numbers a bucket by its upper bound, OpenTelemetry and we by its lower one.
    runs.push({ offset: index - 1, counts: own })
    index += length
  }
  return runs
}

function findFault(
  { schema, count, isFloat, sum, zeroCount, zeroThreshold }: NativeHistogram,
  positiveRuns: readonly ExponentialRun[] | undefined,
  negativeRuns: readonly ExponentialRun[] | undefined,
): string | undefined {
  if (schema !== CUSTOM && (schema < COARSEST || schema > FINEST)) return `schema ${schema} is not known`
  if (!positiveRuns || !negativeRuns) return 'its spans, deltas and counts do not belong together'
  if (!isCount(count) || !isCount(zeroCount) || !isCount(zeroThreshold))
    return 'its counts and its zero threshold must be numbers from 0 on'
  // Sums of floats are not exact, and NaN is observed without being in a bucket.
  const inBuckets = zeroCount + total(positiveRuns) + total(negativeRuns)
  if (!isFloat && (Number.isNaN(sum) ? count < inBuckets : count !== inBuckets))
    return `it counts ${count} observations, and ${inBuckets} in its buckets`
  return undefined
}

function toCustomCounts(
  { customBounds, count, zeroCount, negative }: NativeHistogram,
  runs: readonly ExponentialRun[],
): ClassicHistogram | { readonly fault: string } {
  if (customBounds.length === 0) return { fault: 'it has custom buckets without bounds' }
  if (customBounds.length > MOST_BOUNDS)
    return { fault: `it has ${customBounds.length} bounds, at most ${MOST_BOUNDS} are taken` }
  if (!customBounds.every((bound, i) => Number.isFinite(bound) && bound > (customBounds[i - 1] ?? -Infinity)))
    return { fault: 'its custom bounds must be finite and ascend' }
  if (zeroCount > 0 || negative.lengths.length > 0)
    return { fault: 'it has custom buckets, and negative or zero ones beside them' }
  const counts = new Array<number>(customBounds.length + 1).fill(0)
  for (const { offset, counts: own } of runs)
    for (const [i, more] of own.entries()) {
      const place = offset + 1 + i
      if (place < 0 || place >= counts.length) return { fault: 'it has more buckets than bounds' }
      counts[place] = more
    }
  for (let i = 1; i < counts.length; i++) counts[i] = (counts[i] ?? 0) + (counts[i - 1] ?? 0)
  counts[counts.length - 1] = Math.max(counts.at(-1) ?? 0, count)
  return { bounds: customBounds, counts }
}

function isCount(value: number): boolean {
  return value >= 0 && value < Infinity
}

function total(runs: readonly ExponentialRun[]): number {
  return runs.reduce((sum, { counts }) => sum + counts.reduce((more, count) => more + count, 0), 0)
}
