import { message } from './message-reader.ts'

// OTLP 1.x as far as it is read here: https://github.com/open-telemetry/opentelemetry-proto

export const TRACE_REQUEST = message({}, { resourceSpans: 1 })
export const RESOURCE_SPANS = message({ resource: 1 }, { scopeSpans: 2 })
export const SCOPE_SPANS = message({}, { spans: 2 })
export const SPAN = message(
  {
    traceId: 1,
    spanId: 2,
    parentSpanId: 4,
    name: 5,
    kind: 6,
    startTimeUnixNano: 7,
    endTimeUnixNano: 8,
    status: 15,
    flags: 16,
  },
  { attributes: 9, events: 11 },
)
export const SPAN_EVENT = message({ name: 2 }, { attributes: 3 })
export const STATUS = message({ message: 2, code: 3 })

export const METRICS_REQUEST = message({}, { resourceMetrics: 1 })
export const RESOURCE_METRICS = message({ resource: 1 }, { scopeMetrics: 2 })
export const SCOPE_METRICS = message({ scope: 1 }, { metrics: 2 })
export const METRIC = message({
  name: 1,
  description: 2,
  unit: 3,
  gauge: 5,
  sum: 7,
  histogram: 9,
  exponentialHistogram: 10,
  summary: 11,
})
export const METRIC_DATA = message({ aggregationTemporality: 2, isMonotonic: 3 }, { dataPoints: 1 })
export const NUMBER_POINT = message(
  { startTimeUnixNano: 2, timeUnixNano: 3, asDouble: 4, asInt: 6, flags: 8 },
  { exemplars: 5, attributes: 7 },
)
export const HISTOGRAM_POINT = message(
  { startTimeUnixNano: 2, timeUnixNano: 3, count: 4, sum: 5, flags: 10 },
  { bucketCounts: 6, explicitBounds: 7, exemplars: 8, attributes: 9 },
)
export const EXPONENTIAL_POINT = message(
  {
    startTimeUnixNano: 2,
    timeUnixNano: 3,
    count: 4,
    sum: 5,
    scale: 6,
    zeroCount: 7,
    positive: 8,
    negative: 9,
    flags: 10,
    zeroThreshold: 14,
  },
  { attributes: 1, exemplars: 11 },
)
export const EXPONENTIAL_BUCKETS = message({ offset: 1 }, { bucketCounts: 2 })
export const SUMMARY_POINT = message(
  { startTimeUnixNano: 2, timeUnixNano: 3, count: 4, sum: 5, flags: 8 },
  { quantileValues: 6, attributes: 7 },
)
export const QUANTILE = message({ quantile: 1, value: 2 })
export const EXEMPLAR = message(
  { timeUnixNano: 2, asDouble: 3, spanId: 4, traceId: 5, asInt: 6 },
  { filteredAttributes: 7 },
)

export const RESOURCE = message({}, { attributes: 1 })
export const SCOPE = message({ name: 1, version: 2 }, { attributes: 3 })
export const KEY_VALUE = message({ key: 1, value: 2 })
export const ANY_VALUE = message({
  stringValue: 1,
  boolValue: 2,
  intValue: 3,
  doubleValue: 4,
  arrayValue: 5,
  kvlistValue: 6,
  bytesValue: 7,
})
/** ArrayValue and KeyValueList alike. */
export const VALUES = message({}, { values: 1 })
