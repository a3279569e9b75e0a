import type { Severity } from '@tocsin/contract'
import { formatDuration } from '@tocsin/promql'
import { quoted, type RuleText, verbatim } from './rule-text.ts'

/** What a service does when it is asked to: a span name and kind of its entry points, as span metrics have them. */
export interface Operation {
  readonly service: string
  readonly name: string
  /** `SPAN_KIND_SERVER` */
  readonly kind: string
}

/** When one signal of an operation is not well. */
export interface SignalThreshold {
  /** A ratio, or seconds. */
  readonly threshold: number
  readonly severity: Severity
  /** How the threshold came about. */
  readonly note: string
}

export interface OperationThresholds {
  readonly errors: SignalThreshold | undefined
  readonly latency: SignalThreshold | undefined
  readonly quantile: number
  readonly minCalls: number
  readonly minFailures: number
}

export interface RuleSurroundings {
  readonly windowMs: number
  /** Where runbooks are, without a slash at its end. */
  readonly runbooksURL: string
}

/** Expressions over an operation's span metrics within a window. */
export interface OperationQueries {
  readonly calls: string
  readonly failures: string
  /** Nothing while it never failed. */
  readonly errorRate: string
  /** Seconds. */
  readonly latency: string
}

const CALLS = 'traces_span_metrics_calls_total'
const DURATION = 'traces_span_metrics_duration_milliseconds'
/** What hovers around a threshold fires on, until it has been well for this part of the window. */
const KEEP_FIRING = 1 / 5

export function operationQueries(operation: Operation, windowMs: number, quantile: number): OperationQueries {
  const { service, name, kind } = operation
  const series = `service=${quoted(service)},span_name=${quoted(name)},span_kind=${quoted(kind)}`
  const window = `[${formatDuration(windowMs)}]`
  const calls = `sum(increase(${CALLS}{${series}}${window}))`
  const failures = `sum(increase(${CALLS}{${series},status_code="STATUS_CODE_ERROR"}${window}))`
  const buckets = `sum by (le) (rate(${DURATION}_bucket{${series}}${window}))`
  return {
    calls,
    failures,
    errorRate: `${failures} / ${calls}`,
    latency: `histogram_quantile(${quantile}, ${buckets}) / 1000`,
  }
}

/** The rules of an operation, of those signals that have a threshold. */
export function operationRules(
  operation: Operation,
  thresholds: OperationThresholds,
  { windowMs, runbooksURL }: RuleSurroundings,
): readonly RuleText[] {
  const { errors, latency, quantile, minCalls, minFailures } = thresholds
  const queries = operationQueries(operation, windowMs, quantile)
  const enough = `${queries.calls} >= ${minCalls}`
  const keepFiringMs = Math.max(1, Math.round(windowMs * KEEP_FIRING))
  const what = `${verbatim(operation.name)} of ${verbatim(operation.service)}`
  const within = formatDuration(windowMs)
  const rule = (alert: string, signal: SignalThreshold, expr: string, texts: Texts) => ({
    alert,
    expr,
    keep_firing_for: formatDuration(keepFiringMs),
    labels: {
      service: verbatim(operation.service),
      span_name: verbatim(operation.name),
      span_kind: verbatim(operation.kind),
      severity: signal.severity,
      category: 'dynamic',
    },
    annotations: {
      ...texts,
      threshold: verbatim(signal.note),
      runbook_url: `${runbooksURL}/dynamic/${alert}`,
    },
  })
  return [
    ...(errors
      ? [
          rule(
            'OperationErrorRate',
            errors,
            `(${queries.failures} >= ${minFailures}) / (${enough}) > ${errors.threshold}`,
            {
              summary: `{{ $value | humanizePercentage }} of the calls of ${what} fail`,
              description: `Within ${within}, {{ $value | humanizePercentage }} of at least ${minCalls} calls ended in an error.`,
            },
          ),
        ]
      : []),
    ...(latency
      ? [
          rule('OperationLatency', latency, `${queries.latency} > ${latency.threshold} and ${enough}`, {
            summary: `Calls of ${what} take up to {{ $value | humanizeDuration }}`,
            description: `Within ${within}, ${percent(quantile)} of at least ${minCalls} calls took up to {{ $value | humanizeDuration }}.`,
          }),
        ]
      : []),
  ]
}

interface Texts {
  readonly summary: string
  readonly description: string
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(4))}%`
}
