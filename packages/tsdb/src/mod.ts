export type { Exemplar } from './exemplars/exemplar-store.ts'
export {
  createHead,
  type Head,
  type HeadStats,
  type RestoredHead,
  restoreHead,
  type SeriesWatcher,
} from './head.ts'
export type { HeadOptions } from './head-options.ts'
export type { SampleWatcher } from './head-state.ts'
export { DEFAULT_BUCKETS } from './ingest/ingest-events.ts'
export type {
  DescribedSeries,
  IngestReason,
  IngestRefusal,
  IngestResult,
  MessageContext,
} from './ingest/ingest-outcome.ts'
export { createIngester, type Ingester, type IngesterOptions } from './ingest/ingester.ts'
export type {
  MetadataConflict,
  MetadataRegistry,
  MetricKind,
  MetricMetadata,
} from './metrics/metric-metadata.ts'
export type { SeriesExemplars, SeriesQuery } from './query/look-up-labels.ts'
export type { MaintenanceReport } from './retention.ts'
export type { AppendOutcome } from './series/append-sample.ts'
export type { Series } from './series/series.ts'
export type { SeriesOverflow, SeriesRefusal, SeriesRefusalReason } from './series/series-limits.ts'
export { SnapshotError, type SnapshotErrorCode } from './snapshot/snapshot-error.ts'
