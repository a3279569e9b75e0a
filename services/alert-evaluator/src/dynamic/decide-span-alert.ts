import type { Labels, SpanEvent } from '@tocsin/contract'

/** An alert of a span as its series has it, and when that was last written. */
export interface ToldSpan {
  /** Without `__name__`. */
  readonly labels: Labels
  readonly lastMs: number
}

export type SpanAlertDecision =
  | { readonly action: 'skip'; readonly reason: 'repeated' | 'within_a_second' }
  | { readonly action: 'tell'; readonly reason: 'raised' | 'renewed' | 'folded'; readonly labels: Labels }

export interface SpanAlertLimits {
  readonly nowMs: number
  readonly holdMs: number
  /** Alerts of the service at a time; what is beyond is told as one. */
  readonly most: number
}

/** Renewing more often than this would hold an alert no longer. Milliseconds. */
const RENEW_MS = 1000
/** Stands for the name and kind of spans that cannot be told apart any more. */
const OTHERS = '(others)'
const MOST_MESSAGE = 500
const IDENTITY = ['service', 'span_name', 'span_kind', 'severity', 'alert'] as const

/** What a span that asks for an alert does to those of its service: it raises one, holds one, or is one of too many. */
export function decideSpanAlert(
  span: SpanEvent,
  alert: string,
  told: readonly ToldSpan[],
  { nowMs, holdMs, most }: SpanAlertLimits,
): SpanAlertDecision {
  const { traceId, spanId } = span
  if (told.some(({ labels }) => labels['trace_id'] === traceId && labels['span_id'] === spanId))
    return { action: 'skip', reason: 'repeated' }
  const live = told.filter(({ lastMs }) => nowMs - lastMs < holdMs)
  const labels = labelsOf(span, alert)
  const same = newestOf(live, labels)
  if (same) return renew(same, nowMs)
  const identities = new Set(
    live.filter((one) => one.labels['span_name'] !== OTHERS).map((one) => identityOf(one.labels)),
  )
  if (identities.size < most) return { action: 'tell', reason: 'raised', labels }
  const folded = { ...labels, span_name: OTHERS, span_kind: OTHERS }
  const others = newestOf(live, folded)
  if (!others) return { action: 'tell', reason: 'folded', labels: folded }
  const renewed = renew(others, nowMs)
  return renewed.action === 'tell' ? { ...renewed, reason: 'folded' } : renewed
}

function renew({ labels, lastMs }: ToldSpan, nowMs: number): SpanAlertDecision {
  if (nowMs - lastMs < RENEW_MS) return { action: 'skip', reason: 'within_a_second' }
  return { action: 'tell', reason: 'renewed', labels }
}

function newestOf(told: readonly ToldSpan[], labels: Labels): ToldSpan | undefined {
  const identity = identityOf(labels)
  return told
    .filter((one) => identityOf(one.labels) === identity)
    .reduce<ToldSpan | undefined>((a, b) => (a && a.lastMs >= b.lastMs ? a : b), undefined)
}

function identityOf(labels: Labels): string {
  return JSON.stringify(IDENTITY.map((name) => labels[name] ?? ''))
}

function labelsOf(span: SpanEvent, alert: string): Labels {
  const { service, name, kind, severity = 'medium', traceId, spanId, exception, statusMessage } = span
  const took = `${name}: status ${span.status}, took ${Math.round(span.durationMs)} ms`
  const message = exception?.message || statusMessage || exception?.type || took
  return {
    service,
    span_name: name === '' ? '(unnamed)' : name,
    span_kind: `SPAN_KIND_${kind.toUpperCase()}`,
    severity,
    alert,
    trace_id: traceId,
    span_id: spanId,
    message: message.slice(0, MOST_MESSAGE).toWellFormed(),
  }
}
