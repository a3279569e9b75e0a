import type {
  DataPoint,
  Histogram as HistogramValue,
  MetricData,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { ScalarEntry } from '../publish/prom-client.ts'
import { BucketCounts } from '../series/bucket-counts.ts'
import type { MadeMetric } from '../series/find-series.ts'
import { createSeriesTable, type SeriesTable } from '../series/series-table.ts'
import { setTable, type Tracking } from '../series/tracking.ts'
import type { Warn } from '../warn.ts'
import { addPoints, type PointTotal } from './point-totals.ts'
import { prometheusName } from './prometheus-name.ts'

/** What the reader's data points are, in OpenTelemetry's numbers. */
const HISTOGRAM = 0
const EXPONENTIAL_HISTOGRAM = 1
const SUM = 3

type MirrorType = 'counter' | 'gauge' | 'histogram'

/** A metric of prom-client that says what one of OpenTelemetry's says; labels may differ from point to point. */
interface Mirror {
  readonly instrument: string
  readonly type: MirrorType
  readonly metric: MadeMetric
  readonly table: SeriesTable
  readonly bounds: readonly number[]
}

/**
 * Keeps metrics of OpenTelemetry in a registry, under their names in Prometheus, so that they are published and
 * printed like the application's other metrics. Their points are cumulative; those that are gone end their series.
 */
export function createMirror(
  registry: Registry,
  tracking: Tracking,
  warn: Warn,
): (collected: ResourceMetrics) => void {
  const mirrors = new Map<string, Mirror>()
  let lastCollected = 0

  function mirrorOf(data: MetricData, name: string, type: MirrorType): Mirror | undefined {
    const instrument = data.descriptor.name
    const known = mirrors.get(name)
    if (known?.instrument === instrument && known.type === type) return known
    if (known || registry.getSingleMetric(name)) {
      warn(`otel ${instrument}`, `'${instrument}' is not published: another metric has the name '${name}'`)
      return undefined
    }
    const bounds = boundsOf(data)
    const help = data.descriptor.description || `Instrument ${instrument} of OpenTelemetry.`
    const metric = makeMetric(registry, name, help, type, bounds)
    const table = createSeriesTable(tracking.touch)
    setTable(metric, table)
    const mirror = { instrument, type, metric, table, bounds }
    mirrors.set(name, mirror)
    return mirror
  }

  function read(data: MetricData, seen: Map<Mirror, Map<string, PointTotal>>): void {
    const { name: instrument, unit } = data.descriptor
    if (data.dataPoints.length === 0) return
    const type = typeOf(data)
    // Of what goes up and down, the rules want only levels to be called a ratio.
    const name = type && prometheusName(instrument, unit, isLevel(data) ? 'level' : type)
    if (type === undefined || name === undefined) {
      const why = type
        ? 'nothing of its name is left in Prometheus'
        : 'an exponential histogram has no buckets here: give its view explicit ones, or export it with OTLP'
      warn(`otel ${instrument}`, `'${instrument}' is not published: ${why}`)
      return
    }
    const mirror = mirrorOf(data, name, type)
    if (mirror === undefined) return
    const totals = seen.get(mirror) ?? new Map<string, PointTotal>()
    seen.set(mirror, totals)
    addPoints(totals, data.dataPoints as DataPoint<number | HistogramValue>[], !isLevel(data))
  }

  function write(mirror: Mirror, totals: ReadonlyMap<string, PointTotal>): void {
    for (const { key } of [...mirror.table.all()]) if (!totals.has(key)) remove(mirror, key)
    for (const [key, total] of totals) {
      const isNew = mirror.table.get(key) === undefined
      if (isNew && mirror.table.size >= tracking.maxSeries) tracking.refuse(mirror.metric.name)
      else setTotal(mirror, key, total, lastCollected)
    }
  }

  return ({ scopeMetrics }) => {
    const seen = new Map<Mirror, Map<string, PointTotal>>()
    for (const { metrics } of scopeMetrics) for (const data of metrics) read(data, seen)
    for (const mirror of mirrors.values()) write(mirror, seen.get(mirror) ?? new Map())
    lastCollected = tracking.now()
  }
}

function typeOf(data: MetricData): MirrorType | undefined {
  if (data.dataPointType === (HISTOGRAM as number)) return 'histogram'
  if (data.dataPointType === (EXPONENTIAL_HISTOGRAM as number)) return undefined
  return isSum(data) && 'isMonotonic' in data && data.isMonotonic ? 'counter' : 'gauge'
}

const isSum = ({ dataPointType }: MetricData): boolean => dataPointType === (SUM as number)

/** Says how high something is, which cannot be added up. */
const isLevel = (data: MetricData): boolean => typeOf(data) === 'gauge' && !isSum(data)

function boundsOf({ dataPoints }: MetricData): readonly number[] {
  const [first] = dataPoints as readonly DataPoint<unknown>[]
  return (Object(first?.value) as Partial<HistogramValue>).buckets?.boundaries ?? []
}

function makeMetric(
  registry: Registry,
  name: string,
  help: string,
  type: MirrorType,
  bounds: readonly number[],
): MadeMetric {
  const config = { name, help, registers: [registry] }
  const metric: unknown =
    type === 'counter'
      ? new Counter(config)
      : type === 'gauge'
        ? new Gauge(config)
        : new Histogram({ ...config, buckets: [...bounds] })
  const made = metric as MadeMetric
  // Without labels it would begin with a series of its own.
  made.hashMap = {}
  return made
}

/** What the last collection did not have was zero then. */
function setTotal(
  { type, metric, table, bounds }: Mirror,
  key: string,
  { labels, value, startMs }: PointTotal,
  lastCollected: number,
): void {
  let series = table.get(key)
  if (series === undefined) {
    const entry = type === 'histogram' ? new BucketCounts(labels, bounds) : { labels, value: 0 }
    metric.hashMap[key] = entry
    series = table.add(key, entry, type === 'gauge' ? undefined : Math.max(startMs, lastCollected))
  }
  const { entry } = series
  const changed = typeof value === 'number' ? setLevel(entry as ScalarEntry, value) : setCounts(entry, value)
  if (changed) table.mark(series)
}

function setLevel(entry: ScalarEntry, value: number): boolean {
  if (Object.is(entry.value, value)) return false
  entry.value = value
  return true
}

function setCounts(entry: unknown, { buckets, count, sum = 0 }: HistogramValue): boolean {
  if (!(entry instanceof BucketCounts) || entry.count === count) return false
  // Two instrumentations may have bounds of their own: one series cannot hold both.
  if (buckets.boundaries.length !== entry.bounds.length) return false
  entry.set(buckets.counts, count, sum)
  return true
}

function remove({ metric, table }: Mirror, key: string): void {
  delete metric.hashMap[key]
  table.remove(key)
}
