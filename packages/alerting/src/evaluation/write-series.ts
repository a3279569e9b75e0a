import { createMatcher, type Labels } from '@tocsin/promql'
import type { RecordingRule } from '@tocsin/rules'
import type { Head, Series } from '@tocsin/tsdb'
import { type Alert, isActive } from '../alerts/alert.ts'
import { EvaluationError } from './evaluation-error.ts'
import { labelsKey, withoutEmpty } from './labels-key.ts'

/** Who the series of rules come from. */
export const RULES_SOURCE = 'rules'

/** A sample that a rule writes. */
export interface OutputSample {
  readonly labels: Labels
  readonly value: number
}

/** What a recording rule writes of its result. @throws EvaluationError when two samples become one series */
export function recordedSamples(
  rule: RecordingRule,
  samples: readonly OutputSample[],
): ReadonlyMap<string, OutputSample> {
  const output = new Map<string, OutputSample>()
  for (const { labels, value } of samples) {
    const own = withoutEmpty({ ...labels, ...rule.labels, __name__: rule.name })
    const key = labelsKey(own)
    if (output.has(key))
      throw new EvaluationError(
        'same_labels',
        'vector contains metrics with the same labelset after applying rule labels',
      )
    output.set(key, { labels: own, value })
  }
  return output
}

/** `ALERTS` and `ALERTS_FOR_STATE` of a rule's active alerts. */
export function alertSamples(alerts: Iterable<Alert>): ReadonlyMap<string, OutputSample> {
  const output = new Map<string, OutputSample>()
  for (const alert of alerts) {
    if (!isActive(alert)) continue
    const state = stateLabels(alert, alert.phase)
    const since = sinceLabels(alert)
    output.set(labelsKey(state), { labels: state, value: 1 })
    output.set(labelsKey(since), { labels: since, value: Math.floor(alert.activeAt / 1000) })
  }
  return output
}

const stateLabels = ({ labels }: Alert, phase: Alert['phase']): Labels => ({
  ...labels,
  __name__: 'ALERTS',
  alertstate: phase,
})
const sinceLabels = ({ labels }: Alert): Labels => ({ ...labels, __name__: 'ALERTS_FOR_STATE' })

/** The labels of every series that an alert may have, whatever its phase. */
function seriesOf(alert: Alert): readonly Labels[] {
  return [stateLabels(alert, 'pending'), stateLabels(alert, 'firing'), sinceLabels(alert)]
}

/** The series that a rule wrote to and that have not ended, by their labels' key. */
export type Written = ReadonlyMap<string, Series>

/**
 * Writes samples at `atMs`, and a staleness marker to each series of `before` that has none now.
 * @throws EvaluationError when the head refuses a series
 */
export function writeSamples(
  head: Head,
  output: ReadonlyMap<string, OutputSample>,
  before: Written,
  atMs: number,
): Written {
  const series = new Map<string, Series>()
  for (const [key, { labels, value }] of output) {
    const known = before.get(key)
    const target = known && !known.dropped ? known : head.intern(labels, RULES_SOURCE)
    if (!('ref' in target)) throw new EvaluationError('series_refused', target.detail)
    head.append(target, atMs, value)
    series.set(key, target)
  }
  for (const [key, ended] of before) if (!output.has(key) && !ended.dropped) head.appendStale(ended, atMs)
  return series
}

/**
 * Writes the series of the alerts that changed, and leaves those of all others as they are: an event then costs what
 * it changes, not what is active.
 * @throws EvaluationError when the head refuses a series
 */
export function writeChangedAlerts(
  head: Head,
  changed: Iterable<Alert>,
  written: Written,
  atMs: number,
): Written {
  const series = new Map(written)
  for (const alert of changed) {
    const before = new Map<string, Series>()
    for (const labels of seriesOf(alert)) {
      const key = labelsKey(labels)
      // Before a restart, or by another replica, it was written just as well.
      const known = written.get(key) ?? head.find(labels)
      if (known && !known.lastIsStale) before.set(key, known)
      series.delete(key)
    }
    for (const [key, one] of writeSamples(head, alertSamples([alert]), before, atMs)) series.set(key, one)
  }
  return series
}

/** The series that a recording rule wrote before this engine was there: those that have not ended. */
export function recallRecorded(head: Head, { name, labels }: RecordingRule): Written {
  const wanted = Object.entries(labels)
  const matcher = createMatcher('__name__', '=', name)
  const before = head
    .matchSeries([matcher])
    .filter(
      (series) =>
        series.source === RULES_SOURCE &&
        !series.lastIsStale &&
        wanted.every(([label, value]) => series.labels[label] === value),
    )
  return new Map(before.map((series) => [labelsKey(series.labels), series]))
}
