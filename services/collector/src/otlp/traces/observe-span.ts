import { spanMetrics } from '@tocsin/contract'
import { labelNameOf } from '../metrics/label-name.ts'
import { type Attributes, attributeText } from '../model/attributes.ts'
import type { Span, SpanKind, SpanStatus } from '../model/span.ts'
import { spanMetric } from './span-metric.ts'
import type { Observation } from './span-tally.ts'

/** What every span adds to the metrics of the spanmetrics connector. */
export type ObserveSpan = (span: Span, service: string, resource: Attributes) => Observation

const KIND_WORDS: Readonly<Record<SpanKind, string>> = {
  unspecified: 'SPAN_KIND_UNSPECIFIED',
  internal: 'SPAN_KIND_INTERNAL',
  server: 'SPAN_KIND_SERVER',
  client: 'SPAN_KIND_CLIENT',
  producer: 'SPAN_KIND_PRODUCER',
  consumer: 'SPAN_KIND_CONSUMER',
}
const STATUS_WORDS: Readonly<Record<SpanStatus, string>> = {
  unset: 'STATUS_CODE_UNSET',
  ok: 'STATUS_CODE_OK',
  error: 'STATUS_CODE_ERROR',
}

/** `dimensions` are attributes that become labels, of the span or else of its resource. */
export function createObserveSpan(dimensions: readonly string[]): ObserveSpan {
  const own: readonly string[] = ['service', ...spanMetrics.spanCallsTotal.labels]
  const labels = new Map(dimensions.map((key) => [labelNameOf(key).name, key]))
  for (const name of ['', ...own]) labels.delete(name)
  const metric = spanMetric(
    [spanMetrics.spanCallsTotal, spanMetrics.spanDurationMilliseconds],
    [...labels.keys()],
  )
  const keys = [...labels.values()]

  return (span, service, resource) => {
    const values = [service, span.name, KIND_WORDS[span.kind], STATUS_WORDS[span.status]]
    for (const key of keys) values.push(attributeText(span.wanted.get(key) ?? resource.get(key)))
    return { metric, values, count: 1, duration: Math.max(0, span.durationMs), span }
  }
}
