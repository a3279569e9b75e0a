import { formatDuration } from '@tocsin/promql'
import { quoted, type RuleText, verbatim } from './rule-text.ts'

/** The alert of spans that ask for one and do not name it. */
export const SPAN_ALERT = 'SpanAlert'

export interface SpanAlertSurroundings {
  /** How long an alert stays without another span. Milliseconds. */
  readonly holdMs: number
  readonly runbooksURL: string
  /** A link to a trace, with `{traceId}` in it. */
  readonly traceURL?: string | undefined
}

const METRIC = 'traces_span_alert_timestamp_seconds'
const IDENTITY = ['service', 'span_name', 'span_kind', 'severity'] as const

/** The rule that raises an alert of a service's spans with `alert.severity`, and holds it. */
export function spanAlertRule(
  service: string,
  alert: string,
  { holdMs, runbooksURL, traceURL }: SpanAlertSurroundings,
): RuleText {
  const hold = `[${formatDuration(holdMs)}]`
  const own = `service=${quoted(service)},alert=${quoted(alert)}`
  // The labels that are too many for an identity are looked up: those of the span that raised the alert.
  const matchers = [...IDENTITY.map((name) => `${name}=%q`), 'alert=%q'].join(',')
  const values = [...IDENTITY.map((name) => `$labels.${name}`), quoted(alert)].join(' ')
  const newest = `query (printf "topk(1, last_over_time(${METRIC}{${matchers}}${hold}))" ${values})`
  const label = (name: string) => `{{ with ${newest} }}{{ . | first | label "${name}" }}{{ end }}`
  return {
    alert,
    expr: `max by (${IDENTITY.join(', ')}) (last_over_time(${METRIC}{${own}}${hold}))`,
    labels: { category: 'dynamic' },
    annotations: {
      summary: 'A span of {{ $labels.span_name }} of {{ $labels.service }} asks for an alert',
      description: label('message'),
      trace_id: label('trace_id'),
      ...(traceURL === undefined
        ? {}
        : { trace_url: verbatim(traceURL).replaceAll('{traceId}', () => label('trace_id')) }),
      runbook_url: `${runbooksURL}/dynamic/${SPAN_ALERT}`,
    },
  }
}
