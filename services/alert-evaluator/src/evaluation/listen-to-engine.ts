import type { EngineListener, Moment, RuleRef } from '@tocsin/alerting'
import type { Stages } from '@tocsin/contract'
import { codeOf } from '@tocsin/runtime'
import { toRecord } from '../alerts/alert-record.ts'
import { isoTime, toEvent } from '../alerts/to-event.ts'
import type { EvaluatorMetrics } from '../evaluator-metrics.ts'
import type { Journal } from '../state/journal.ts'

/** The message that caused an evaluation: when NATS stored it, when it was read. Milliseconds. */
export interface Cause {
  readonly eventMs: number
  readonly receivedMs: number
}

export interface ListenDeps {
  readonly journal: Journal
  readonly metrics: EvaluatorMetrics
  readonly source: string
  readonly linkTo: (rule: RuleRef) => string
  readonly now: () => number
}

/** Turns what the engine tells into records, events and figures; `take` gives the writes since the last call. */
export function listenToEngine({ journal, metrics, source, linkTo, now }: ListenDeps): EngineListener & {
  cause: Cause | undefined
  take(): readonly Promise<void>[]
} {
  let writes: Promise<void>[] = []
  const evaluations = new Map<string, { inc(): void }>()
  const countOf = (trigger: Moment['trigger']) => {
    const known = evaluations.get(trigger) ?? metrics.evaluations.labels({ trigger })
    evaluations.set(trigger, known)
    return known
  }
  return {
    cause: undefined,
    take() {
      const taken = writes
      writes = []
      return taken
    },
    evaluated(_rule, { trigger }, { error }, seconds) {
      countOf(trigger).inc()
      metrics.duration.observe(seconds)
      if (error !== undefined) metrics.failures.inc({ reason: codeOf(error) ?? 'internal' })
    },
    changed(rule, changes, { atMs }) {
      const stages: Stages = {
        ...(this.cause && { event: isoTime(this.cause.eventMs), received: isoTime(this.cause.receivedMs) }),
        evaluated: isoTime(now()),
      }
      const generatorURL = linkTo(rule)
      for (const { alert, transition, notice } of changes) {
        const context = { source, stages, generatorURL, atMs, notice }
        const event = transition && toEvent(rule, alert, transition, context)
        writes.push(journal.write(`${rule.id}.${alert.fingerprint}`, toRecord(rule, alert, event)))
      }
    },
    forgotten(rule, fingerprints) {
      for (const fingerprint of fingerprints) journal.erase(`${rule.id}.${fingerprint}`)
    },
  }
}
