import { severity, spanMetrics } from '@tocsin/contract'
import { envVar } from '@tocsin/runtime'
import { z } from 'zod'

const KINDS = ['server', 'consumer', 'client', 'producer', 'internal', 'unspecified'] as const
/** No quantile is above the last bound, and no threshold there can be exceeded. */
export const LONGEST_LATENCY_MS = spanMetrics.spanDurationMilliseconds.buckets.at(-1) ?? 0

const ratio = envVar.number.refine((value) => value > 0 && value < 1, 'a number between 0 and 1')

/** What the dynamic alerts are told by the environment. */
export const dynamicEnv = {
  /** Whether alerts are made of what is seen in traces. */
  DYNAMIC_ALERTS_ENABLED: envVar.boolean.default(true),
  /** The kinds of spans that are operations. */
  DYNAMIC_ALERTS_KINDS: envVar.list
    .pipe(z.array(z.enum(KINDS)).min(1, `some of ${KINDS.join(', ')}`))
    .default(['server', 'consumer']),
  /** Operations that get rules: of a service (one message of NATS holds all that is known of them), and of all. */
  DYNAMIC_ALERTS_MAX_OPERATIONS: envVar.integer(1, 300).default(50),
  DYNAMIC_ALERTS_MAX_IN_ALL: envVar.integer(1, 10_000).default(1500),
  /** What is looked at, back from now. */
  DYNAMIC_ALERTS_WINDOW: envVar.period.default(300_000),
  /** Fewer calls, or failures, within the window say nothing. */
  DYNAMIC_ALERTS_MIN_CALLS: envVar.integer(1, 1_000_000).default(20),
  DYNAMIC_ALERTS_MIN_FAILURES: envVar.integer(1, 1_000_000).default(3),
  DYNAMIC_ALERTS_ERROR_RATE: ratio.default(0.05),
  DYNAMIC_ALERTS_ERROR_SEVERITY: severity.default('high'),
  DYNAMIC_ALERTS_LATENCY: envVar.period
    .refine(
      (ms) => ms < LONGEST_LATENCY_MS,
      `a duration below ${LONGEST_LATENCY_MS}ms, the last bucket of spans`,
    )
    .default(1000),
  DYNAMIC_ALERTS_LATENCY_QUANTILE: ratio.default(0.95),
  DYNAMIC_ALERTS_LATENCY_SEVERITY: severity.default('medium'),
  /** Whether thresholds are learnt, from how long, from how many windows, how often, and how far from those above. */
  DYNAMIC_ALERTS_BASELINE: envVar.boolean.default(true),
  DYNAMIC_ALERTS_BASELINE_REACH: envVar.period.default(6 * 3_600_000),
  DYNAMIC_ALERTS_BASELINE_SAMPLES: envVar.integer(4, 10_000).default(24),
  DYNAMIC_ALERTS_BASELINE_INTERVAL: envVar.period.default(3_600_000),
  DYNAMIC_ALERTS_BASELINE_FACTOR: envVar.number.refine((value) => value >= 1, 'a number from 1').default(4),
  /** An operation that is not seen for so long is forgotten. */
  DYNAMIC_ALERTS_FORGET: envVar.period.default(86_400_000),
  /** How long the alert of a span stays without another. */
  DYNAMIC_ALERTS_SPAN_HOLD: envVar.period.default(300_000),
  /** Alerts of spans that one service may have at a time. */
  DYNAMIC_ALERTS_SPAN_LIMIT: envVar.integer(1, 40).default(20),
  /** A link to a trace; `{traceId}` is its id. */
  TRACE_URL_TEMPLATE: envVar
    .url()
    .refine((text) => text.includes('{traceId}'), 'a URL with {traceId} in it')
    .optional(),
}
const schema = z.object(dynamicEnv)
export type DynamicEnv = z.infer<typeof schema>
