import type { Labels } from '@tocsin/contract'
import { classicBounds, toClassicCounts } from '../../intake/exponential-buckets.ts'
import type { Exemplar, ExponentialPoint, HistogramPoint, MetricData, PointHead } from '../model/metric.ts'
import type { KnownBounds } from './known-bounds.ts'
import { createdMs, isDelta, type MetricTarget } from './metric-target.ts'
import { writeExemplars } from './write-exemplars.ts'

/** A point as classic buckets: counts cumulative over the bounds, +Inf last. */
interface ClassicPoint extends PointHead {
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
  readonly sum: number | undefined
  readonly exemplars: readonly Exemplar[]
}

type HistogramData = Extract<MetricData, { kind: 'histogram' } | { kind: 'exponential' }>

/** Histograms with buckets of their own, and those whose buckets grow exponentially. */
export function* writeHistograms(
  target: MetricTarget,
  data: HistogramData,
  known: KnownBounds,
): Generator<void> {
  const delta = isDelta(data.temporality)
  const announce = onceFor(target)
  let first = true
  for (const point of data.points) {
    yield
    if (delta === undefined) {
      target.gate.refuse('no_temporality', 'a histogram is either cumulative or delta: say which')
      continue
    }
    const labels = target.gate.labelsOf(point)
    const classic = labels && ('scale' in point ? fromExponential(target.name, point) : fromExplicit(point))
    if (typeof classic === 'string') target.gate.refuse('invalid_histogram', classic)
    if (labels === undefined || classic === undefined || typeof classic === 'string') continue
    if (classic.ended) endPoint(target, labels, classic, known)
    else if (hasSum(classic)) writePoint(target, labels, classic, delta)
    else {
      announce()
      writeParts(target, labels, classic, delta)
    }
    if (first && !classic.ended) known.set(target.source, target.name, classic.bounds)
    first &&= classic.ended
    target.took(point.timeMs)
  }
}

/** The contract's limit. */
const MOST_BOUNDS = 200

/** A text says what is wrong with it. */
function fromExplicit(point: HistogramPoint): ClassicPoint | string {
  const { bounds, counts: own, count, ended } = point
  if (ended) return { ...point, counts: [] }
  if (bounds.length > MOST_BOUNDS) return `${bounds.length} bounds are more than ${MOST_BOUNDS}`
  if (!bounds.every((bound, i) => Number.isFinite(bound) && bound > (bounds[i - 1] ?? -Infinity)))
    return 'bounds are finite and ascend'
  if (own.length !== bounds.length + 1 && (own.length > 0 || bounds.length > 0))
    return `${bounds.length} bounds go with ${bounds.length + 1} bucket counts, not with ${own.length}`
  const counts: number[] = []
  let below = 0
  for (let i = 0; i < bounds.length; i++) {
    below += own[i] ?? 0
    counts.push(below)
  }
  if (count < below) return `its buckets hold ${below} observations and its count says ${count}`
  return { ...point, counts: [...counts, count] }
}

function fromExponential(name: string, point: ExponentialPoint): ClassicPoint | string {
  const { positive, negative, ended } = point
  const bounds = classicBounds(name)
  if (ended) return { ...point, bounds, counts: [] }
  if (point.scale > MOST_SCALE || point.scale < -MOST_SCALE)
    return `its scale is ${point.scale}; the finest is ${MOST_SCALE}, the coarsest -${MOST_SCALE}`
  const counts = toClassicCounts({ ...point, positive: [positive], negative: [negative] }, bounds)
  return { ...point, bounds, counts }
}

/** OpenTelemetry's SDKs go from 20 to -10; beyond about 52 a double cannot tell buckets apart. */
const MOST_SCALE = 52

function hasSum(point: ClassicPoint): point is ClassicPoint & { readonly sum: number } {
  return point.sum !== undefined && Number.isFinite(point.sum)
}

function writePoint(
  target: MetricTarget,
  labels: Labels,
  point: ClassicPoint & { readonly sum: number },
  delta: boolean,
): void {
  const { bounds, counts, sum, timeMs } = point
  const metric = target.describe({ type: 'histogram', delta, buckets: bounds })
  const series = target.writer.series(metric, labels)
  const created = delta ? undefined : createdMs(point)
  if (created !== undefined) series.created(created)
  series.histogram(counts, sum, timeMs)
  writeExemplars(series, point.exemplars, timeMs)
}

/** The end does not say the bounds, but the series of every bucket ends. */
function endPoint(target: MetricTarget, labels: Labels, { timeMs }: ClassicPoint, known: KnownBounds): void {
  const buckets = known.get(target.source, target.name)
  target.writer.series(target.describe({ type: 'histogram', buckets }), labels).sample('stale', timeMs)
}

/** Without a sum: buckets and count are published as series of their own, since a batch's histogram has a sum. */
function writeParts(target: MetricTarget, labels: Labels, point: ClassicPoint, delta: boolean): void {
  const { bounds, counts, timeMs } = point
  const created = delta ? undefined : createdMs(point)
  const write = (suffix: '_bucket' | '_count', own: Labels, value: number) => {
    const series = target.writer.series(target.describe({ type: 'untyped', suffix, delta }), own)
    if (created !== undefined) series.created(created)
    series.sample(value, timeMs)
  }
  for (const [i, count] of counts.entries())
    write('_bucket', { ...labels, le: i < bounds.length ? String(bounds[i]) : '+Inf' }, count)
  write('_count', labels, counts.at(-1) ?? 0)
}

/** Says once that series which are published one by one are a histogram's. */
function onceFor(target: MetricTarget): () => void {
  let said = false
  return () => {
    if (!said) target.writer.metadata(target.describe({ type: 'histogram' }))
    said = true
  }
}
