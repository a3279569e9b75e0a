import { type Subjects, sourceOfMetricsSubject } from '@tocsin/contract'
import type { Head } from '@tocsin/tsdb'
import { createLimitAdvice, type LimitAdvice, type SeriesLimitsSet } from '../ingest/limit-advice.ts'
import type { Refusal } from './refusals.ts'

/**
 * What limits say of a series: `held` when the head has it, a refusal when it has no room, undefined when it is to
 * come. `labels` are JSON, without the name.
 */
export type SeriesGate = (name: string, labels: string) => 'held' | Refusal | undefined

export interface SeriesGateDeps {
  /** Undefined until it is up to date: what it refuses then is refused when it reads it. */
  readonly head: () => Pick<Head, 'find' | 'checkLimits' | 'matchSeries'> | undefined
  readonly limits: SeriesLimitsSet
  readonly now: () => number
  readonly subjects: Subjects
}

/**
 * Refuses what the head would refuse when it reads it, before it is stored: so its sender learns of it, and what nobody
 * can query does not push out of the stream what others need.
 */
export function createSeriesGates({ head, limits, now, subjects }: SeriesGateDeps) {
  let advise: LimitAdvice | undefined
  return (sentAs: string): SeriesGate => {
    // As the head counts it.
    const source = sourceOfMetricsSubject(subjects, subjects.metrics(sentAs))
    return (name, labels) => {
      const present = head()
      if (!present) return undefined
      const parsed: Readonly<Record<string, string>> = JSON.parse(labels)
      const isHeld = (name: string) => present.find({ ...parsed, __name__: name }) !== undefined
      // A native histogram is kept as its parts.
      if (isHeld(name) || isHeld(`${name}_count`)) return 'held'
      const refusal = present.checkLimits({ ...parsed, __name__: name }, source)
      if (!refusal) return undefined
      advise ??= createLimitAdvice(present, limits)
      return {
        reason: refusal.refused,
        detail: advise({ reason: refusal.refused, metric: name, source }, now()),
      }
    }
  }
}
