import { formatDuration } from '@tocsin/promql'
import { dynamicGroup } from '@tocsin/rules'
import { type ChosenSignal, chooseThresholds } from './choose-thresholds.ts'
import type { DynamicEnv } from './dynamic-env.ts'
import type { DynamicRecords } from './follow-records.ts'
import type { Baseline, OperationRecord } from './service-record.ts'

export interface PresentDeps {
  readonly env: DynamicEnv
  readonly records: DynamicRecords
  /** Operations that have no room. */
  readonly over: (service: string) => number
}

/** A service with its operations, their thresholds, and how these came about. */
export function presentService(service: string, { env, records, over }: PresentDeps) {
  const { operations, spanAlerts } = records.record(service)
  const settings = records.settings(service)
  return {
    service,
    group: dynamicGroup(service, []).name,
    enabled: settings.enabled ?? true,
    spans: (settings.enabled ?? true) && (settings.spans ?? true),
    settings,
    spanAlerts,
    operations: operations.map((operation) =>
      presentOperation(operation, chooseThresholds(operation, settings, env)),
    ),
    operationsOver: over(service),
  }
}

function presentOperation(operation: OperationRecord, thresholds: ReturnType<typeof chooseThresholds>) {
  const { name, kind, firstSeenMs, lastSeenMs, measured, errors, latency } = operation
  const { enabled, quantile, minCalls, minFailures } = thresholds
  return {
    name,
    kind,
    enabled,
    firstSeen: isoOf(firstSeenMs),
    lastSeen: isoOf(lastSeenMs),
    minCalls,
    errorRate: { ...presentSignal(thresholds.errors, errors), minFailures },
    latency: { ...presentSignal(thresholds.latency, latency), quantile, unit: 'seconds' },
    ...(measured && { measured: { at: isoOf(measured.atMs), samples: measured.samples } }),
  }
}

function presentSignal({ threshold, severity, from, note }: ChosenSignal, baseline: Baseline | undefined) {
  return { threshold, severity, from, note, ...(baseline && { baseline: presentBaseline(baseline) }) }
}

function presentBaseline({ threshold, median, spread, samples, fromMs, toMs, bound }: Baseline) {
  const range = { from: isoOf(fromMs), to: isoOf(toMs) }
  return { threshold, median, spread, samples, ...range, ...(bound && { bound }) }
}

/** What holds where a service has no settings of its own. */
export function presentDefaults(env: DynamicEnv) {
  return {
    kinds: env.DYNAMIC_ALERTS_KINDS,
    maxOperations: env.DYNAMIC_ALERTS_MAX_OPERATIONS,
    window: formatDuration(env.DYNAMIC_ALERTS_WINDOW),
    minCalls: env.DYNAMIC_ALERTS_MIN_CALLS,
    minFailures: env.DYNAMIC_ALERTS_MIN_FAILURES,
    errorRate: env.DYNAMIC_ALERTS_ERROR_RATE,
    errorSeverity: env.DYNAMIC_ALERTS_ERROR_SEVERITY,
    latency: formatDuration(env.DYNAMIC_ALERTS_LATENCY),
    quantile: env.DYNAMIC_ALERTS_LATENCY_QUANTILE,
    latencySeverity: env.DYNAMIC_ALERTS_LATENCY_SEVERITY,
    baseline: env.DYNAMIC_ALERTS_BASELINE,
    spanHold: formatDuration(env.DYNAMIC_ALERTS_SPAN_HOLD),
  }
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}
