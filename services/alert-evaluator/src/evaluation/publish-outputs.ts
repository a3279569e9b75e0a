import { RULES_SOURCE } from '@tocsin/alerting'
import type { Labels } from '@tocsin/contract'
import { type Bus, type Clock, createThrottle, type Log, messageOf, sleep } from '@tocsin/runtime'
import type { EvaluatorMetrics } from '../evaluator-metrics.ts'
import { createOutputBook, type OutputSample } from './output-book.ts'

/** Publishes what rules write (`ALERTS`, `ALERTS_FOR_STATE`, recorded series), so that it is in every head. */
export interface Outputs {
  /** Names this run in the batches that it publishes. */
  readonly publisher: string
  write(labels: Labels, timeMs: number, value: number | 'stale'): void
  /** Publishes what is left, for at most a few seconds. */
  stop(): Promise<void>
}

export interface OutputsDeps {
  readonly bus: Pick<Bus, 'publish' | 'subjects'>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Pick<EvaluatorMetrics, 'outputsDropped'>
}

const MOST_A_BATCH = 2000
/** While NATS is away, so many samples wait; then the oldest go. */
const MOST_WAITING = 200_000
/** What comes while a batch is on its way, and so long after, goes with the next one. Milliseconds. */
const PAUSE_MS = 50
const LAST_MS = 2000
/** An alert's state that does not change is published so often: a query looks back for 5 minutes. */
const STATE_EVERY_MS = 240_000
/** The longest label value that the contract takes. */
const LONGEST_VALUE = 4096

/** @param publisher unique to a run */
export function publishOutputs({ bus, clock, log, metrics }: OutputsDeps, publisher: string): Outputs {
  const book = createOutputBook(RULES_SOURCE, publisher)
  const throttle = createThrottle(clock)
  const stopping = new AbortController()
  let waiting: OutputSample[] = []
  let published = new WeakMap<Labels, { readonly timeMs: number; readonly value: number }>()
  let publishing: Promise<void> | undefined

  function drop(count: number, why: string): void {
    metrics.outputsDropped.inc(count)
    published = new WeakMap()
    const turn = throttle(why)
    if (turn) log.warn({ samples: count, ...turn }, `samples of rules are not published: ${why}`)
  }

  /** Of an alert's state every level within the lookback is enough: thousands of alerts for hours would fill the stream. */
  function isKnown(labels: Labels, timeMs: number, value: number | 'stale'): boolean {
    const name = labels['__name__']
    if (name !== 'ALERTS' && name !== 'ALERTS_FOR_STATE') return false
    const last = published.get(labels)
    if (value === 'stale') published.delete(labels)
    else if (last?.value !== value || timeMs < last.timeMs || timeMs - last.timeMs >= STATE_EVERY_MS)
      published.set(labels, { timeMs, value })
    else return true
    return false
  }

  async function publishAll(): Promise<void> {
    while (waiting.length > 0) {
      const samples = waiting.splice(0, MOST_A_BATCH)
      const batch = book.write(samples, clock.now())
      try {
        await bus.publish(bus.subjects.metrics(RULES_SOURCE), batch, {
          msgId: batch.id,
          deadlineMs: stopping.signal.aborted ? LAST_MS : 30_000,
        })
      } catch (error) {
        book.lost()
        if (stopping.signal.aborted) return drop(samples.length + waiting.length, 'the service stops')
        const turn = throttle('publish')
        if (turn) log.warn({ reason: messageOf(error), ...turn }, 'samples of rules wait for NATS')
        waiting = [...samples, ...waiting]
      }
      await sleep(clock, PAUSE_MS, stopping.signal)
    }
  }

  return {
    publisher,
    write(labels, timeMs, value) {
      if (Object.values(labels).some(({ length }) => length > LONGEST_VALUE))
        return drop(1, `a label of ${labels['__name__']} is longer than ${LONGEST_VALUE} characters`)
      if (isKnown(labels, timeMs, value)) return
      waiting.push({ labels, timeMs, value })
      if (waiting.length > MOST_WAITING) {
        waiting = waiting.slice(MOST_A_BATCH)
        drop(MOST_A_BATCH, 'NATS has been away for too long')
      }
      // After all that one evaluation writes.
      publishing ??= Promise.resolve()
        .then(publishAll)
        .finally(() => {
          publishing = undefined
        })
    },
    async stop() {
      stopping.abort()
      await publishing
    },
  }
}
