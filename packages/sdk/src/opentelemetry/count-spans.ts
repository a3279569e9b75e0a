import { spanMetrics } from '@tocsin/contract'
import { createCallCache } from '../record/call-cache.ts'
import type { MetricFactories } from '../record/create-metrics.ts'
import type { HistogramChild } from '../series/track-histogram.ts'
import { attributeText } from './attribute-labels.ts'
import { type FinishedSpan, keptSpan, millisecondsOf } from './finished-span.ts'
import { labelName } from './prometheus-name.ts'

const KINDS = ['INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']
const CODES = ['UNSET', 'OK', 'ERROR']

const { spanCallsTotal: calls, spanDurationMilliseconds: duration } = spanMetrics

/** Labels that every series has. */
const RESERVED = ['service', 'instance']
const MOST_NAME = 256

/** Counts spans by name, kind, status and the attributes that are `dimensions`, with their traces as exemplars. */
export function createSpanCounter(
  metrics: MetricFactories,
  service: () => string,
  dimensions: readonly string[],
): (span: FinishedSpan) => void {
  const taken = new Set<string>([...RESERVED, ...calls.labels])
  const extra = [...new Map(dimensions.map((key) => [labelName(key), key]))].flatMap(([label, key]) =>
    label === undefined || taken.has(label) ? [] : [{ key, label }],
  )
  const labelNames: string[] = [...calls.labels, ...extra.map(({ label }) => label)]
  const counter = metrics.counter({ name: calls.name, help: calls.help, labelNames })
  const histogram = metrics.histogram({
    name: duration.name,
    help: duration.help,
    labelNames,
    buckets: [...duration.buckets],
  })
  const plain = createCallCache((span_name, span_kind, status_code) => {
    const own = { service_name: service(), span_name, span_kind, status_code } as Labels
    return { calls: counter.labels(own), duration: histogram.labels(own) as HistogramChild }
  })

  return (span) => {
    const name = span.name.slice(0, MOST_NAME).toWellFormed()
    const kind = `SPAN_KIND_${KINDS[span.kind] ?? 'INTERNAL'}`
    const code = `STATUS_CODE_${CODES[span.status.code] ?? 'UNSET'}`
    const took = millisecondsOf(span.duration)
    if (extra.length === 0) {
      const found = plain(name, kind, code)
      found.calls.inc()
      found.duration.observe(took, keptSpan(span))
      return
    }
    const own: Labels = { service_name: service(), span_name: name, span_kind: kind, status_code: code }
    for (const { key, label } of extra) own[label] = attributeText(span.attributes[key])
    counter.inc(own)
    ;(histogram.labels(own) as HistogramChild).observe(took, keptSpan(span))
  }
}

type Labels = Record<string, string>
