import type { Registry } from 'prom-client'

/**
 * prom-client's objects as they are inside (14 and 15). Its public `get()` is asynchronous and makes an object
 * per bucket; reading the stored values takes neither. Tests hold this to what prom-client prints.
 */
export interface ScalarEntry {
  readonly labels: RawLabels
  value: number
  readonly exemplar?: StoredExemplar
}
export interface HistogramEntry {
  readonly labels: RawLabels
  readonly bucketValues: Readonly<Record<string, number>>
  sum: number
  count: number
  readonly bucketExemplars?: Readonly<Record<string, StoredExemplar | null>>
}
/** What `enableExemplars` keeps, in registries that print OpenMetrics; its time is in seconds. */
export interface StoredExemplar {
  readonly labelSet: RawLabels
  readonly value: number
  readonly timestamp: number
}
export interface SummaryEntry {
  readonly labels: RawLabels
  readonly td: { compress(): void; percentile(p: number): number | undefined }
  readonly sum: number
  readonly count: number
}
export type RawLabels = Readonly<Record<string, unknown>>
export type Entry = ScalarEntry | HistogramEntry | SummaryEntry

interface Stored<Type extends string, Entry> {
  readonly name: string
  readonly help: string
  readonly type: Type
  readonly labelNames: readonly string[]
  readonly hashMap: Readonly<Record<string, Entry>>
  readonly collect?: () => void | Promise<void>
}
export type ScalarMetric = Stored<'counter' | 'gauge', ScalarEntry>
export type HistogramMetric = Stored<'histogram', HistogramEntry> & {
  readonly upperBounds: readonly number[]
}
export type SummaryMetric = Stored<'summary', SummaryEntry> & { readonly percentiles: readonly number[] }
export type StoredMetric = ScalarMetric | HistogramMetric | SummaryMetric

/** The metrics of a registry, as they are stored. */
export function metricsOf(registry: Registry): readonly StoredMetric[] {
  return registry.getMetricsAsArray() as unknown as readonly StoredMetric[]
}

/** The name that a metric is exposed under: an OpenMetrics registry takes `_total` away and adds it when printing. */
export function exposedName(metric: StoredMetric, registry: Registry): string {
  const openMetrics = registry.contentType.startsWith('application/openmetrics-text')
  return metric.type === 'counter' && openMetrics
    ? `${metric.name.replace(/_total$/, '')}_total`
    : metric.name
}
