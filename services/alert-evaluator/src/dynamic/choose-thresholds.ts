import type { DynamicAlertSettings } from '@tocsin/contract'
import { formatDuration } from '@tocsin/promql'
import { type OperationThresholds, parseRuleDuration, type SignalThreshold } from '@tocsin/rules'
import { type DynamicEnv, LONGEST_LATENCY_MS } from './dynamic-env.ts'
import type { LearningLimits } from './learn-baseline.ts'
import type { Baseline, OperationRecord } from './service-record.ts'

/** A signal's threshold, and where it comes from. */
export interface ChosenSignal extends SignalThreshold {
  /** `static`: the environment or the service's settings; `set`: the operation's own; `learnt`: its baseline. */
  readonly from: 'static' | 'set' | 'learnt'
}

export interface ChosenThresholds extends OperationThresholds {
  readonly enabled: boolean
  readonly errors: ChosenSignal
  readonly latency: ChosenSignal
  /** Between which thresholds may be learnt; undefined where they are not. */
  readonly learning: { readonly errors?: LearningLimits; readonly latency?: LearningLimits }
}

/** Somewhat below the last bucket: a threshold there can be exceeded still. */
const HIGHEST_SECONDS = (LONGEST_LATENCY_MS / 1000) * 0.95
const HIGHEST_RATIO = 0.9

/** Digits that nobody reads make an expression unreadable. */
const short = (value: number) => Number(value.toPrecision(4))
const percent = (ratio: number) => `${Number((ratio * 100).toPrecision(3))}%`
const seconds = (value: number) => formatDuration(Math.round(value * 1000))

/** What holds for an operation: the environment, overlaid with its service's settings, then its own, then what was learnt. */
export function chooseThresholds(
  { name, errors, latency, measured }: Pick<OperationRecord, 'name' | 'errors' | 'latency' | 'measured'>,
  settings: DynamicAlertSettings,
  env: DynamicEnv,
): ChosenThresholds {
  const own = settings.operations?.[name] ?? {}
  const set = { ...settings, ...own }
  const minCalls = set.minCalls ?? env.DYNAMIC_ALERTS_MIN_CALLS
  const learns = set.baseline ?? env.DYNAMIC_ALERTS_BASELINE
  const from = { env, learns, minCalls, samples: measured?.samples ?? 0 }
  const forErrors = chooseSignal(
    {
      fixed: set.errorRate ?? env.DYNAMIC_ALERTS_ERROR_RATE,
      isOwn: own.errorRate !== undefined,
      baseline: errors,
      severity: set.errorSeverity ?? env.DYNAMIC_ALERTS_ERROR_SEVERITY,
      show: percent,
      highest: HIGHEST_RATIO,
    },
    from,
  )
  const forLatency = chooseSignal(
    {
      fixed: (set.latency === undefined ? env.DYNAMIC_ALERTS_LATENCY : parseRuleDuration(set.latency)) / 1000,
      isOwn: own.latency !== undefined,
      baseline: latency,
      severity: set.latencySeverity ?? env.DYNAMIC_ALERTS_LATENCY_SEVERITY,
      show: seconds,
      highest: HIGHEST_SECONDS,
    },
    from,
  )
  return {
    enabled: (settings.enabled ?? true) && (own.enabled ?? true),
    errors: forErrors.chosen,
    latency: forLatency.chosen,
    quantile: set.quantile ?? env.DYNAMIC_ALERTS_LATENCY_QUANTILE,
    minCalls,
    minFailures: set.minFailures ?? env.DYNAMIC_ALERTS_MIN_FAILURES,
    learning: {
      ...(forErrors.limits && { errors: forErrors.limits }),
      ...(forLatency.limits && { latency: forLatency.limits }),
    },
  }
}

interface Signal {
  readonly fixed: number
  readonly isOwn: boolean
  readonly baseline: Baseline | undefined
  readonly severity: SignalThreshold['severity']
  readonly show: (value: number) => string
  readonly highest: number
}

interface ChoosingFrom {
  readonly env: DynamicEnv
  readonly learns: boolean
  readonly minCalls: number
  /** Windows that had enough calls. */
  readonly samples: number
}

function chooseSignal(
  { fixed, isOwn, baseline, severity, show, highest }: Signal,
  { env, learns, minCalls, samples }: ChoosingFrom,
): { readonly chosen: ChosenSignal; readonly limits?: LearningLimits } {
  const still = (from: 'static' | 'set', note: string) => ({ threshold: fixed, severity, from, note })
  if (isOwn) return { chosen: still('set', `${show(fixed)}, set for this operation`) }
  if (!learns) return { chosen: still('static', show(fixed)) }
  const factor = env.DYNAMIC_ALERTS_BASELINE_FACTOR
  const leastSamples = env.DYNAMIC_ALERTS_BASELINE_SAMPLES
  const cap = Math.max(fixed, Math.min(fixed * factor, highest))
  const limits = { floor: short(fixed / factor), cap: short(cap), leastSamples }
  if (!baseline) {
    const window = formatDuration(env.DYNAMIC_ALERTS_WINDOW)
    const lacking = `a baseline needs ${leastSamples} windows of ${window} with ${minCalls} calls, there are ${samples}`
    return { chosen: still('static', `${show(fixed)}; ${lacking}`), limits }
  }
  // The limits may have been changed since it was learnt.
  const threshold = Math.min(Math.max(baseline.threshold, limits.floor), limits.cap)
  const note = describe(threshold, baseline, limits, show, env)
  return { chosen: { threshold, severity, from: 'learnt', note }, limits }
}

const BOUNDS = {
  floor: 'not lower',
  cap: 'not higher',
  drift: 'held to what was usual in the days before',
} as const

function describe(
  threshold: number,
  { median, spread, samples, fromMs, toMs, bound }: Baseline,
  { floor, cap }: LearningLimits,
  show: (value: number) => string,
  env: DynamicEnv,
): string {
  const window = formatDuration(env.DYNAMIC_ALERTS_WINDOW)
  const time = (ms: number) => new Date(ms).toISOString().replace(/:\d\d\.\d{3}Z$/, 'Z')
  return (
    `${show(threshold)}, learnt from ${samples} windows of ${window}, ${time(fromMs)} to ${time(toMs)}: ` +
    `median ${show(median)}, spread ${show(spread)}; between ${show(floor)} and ${show(cap)}` +
    (bound === undefined ? '' : `, ${BOUNDS[bound]}`)
  )
}
