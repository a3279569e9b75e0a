import type { Engine, Moment } from '@tocsin/alerting'
import type { Series } from '@tocsin/tsdb'
import type { Cause } from './listen-to-engine.ts'
import { replayDeadlines } from './replay-deadlines.ts'
import type { TailMessage } from './tail.ts'

/** Evaluates the past at its own time, as messages of it are read. */
export interface CatchUp {
  /** Before a message has any effect: what fell due before it. */
  before(message: Pick<TailMessage, 'timeMs'>): void
  /** The message has been read. */
  after(message: TailMessage): void
  /** Evaluates what waits for more messages. */
  flush(): void
  /** The past ends here. */
  finish(nowMs: number): void
}

export interface CatchUpDeps {
  readonly engine: Engine
  readonly timeOf: (nowMs: number, newestSampleMs: number) => number
  readonly evaluate: (moment: Moment, cause: Cause | undefined, work: (moment: Moment) => void) => void
  readonly now: () => number
  /** Which rules have yet to see a sequence of the stream; all when left out. */
  readonly concerns?: (sequence: number) => NonNullable<Moment['only']>
}

interface Batch {
  readonly series: Set<Series>
  readonly cause: Cause
  atMs: number
  sequence: number
}

// The longest a batch spans, and so how late a replayed alert may become active. Milliseconds of the stream's time.
const SPAN_MS = 100

/**
 * Messages on different series are evaluated together, at the time of the last of them. One on a series that is in the
 * batch closes it first: an evaluation at an earlier time does not see the later sample, so that no level is passed over.
 */
export function createCatchUp({ engine, timeOf, evaluate, now, concerns }: CatchUpDeps): CatchUp {
  let batch: Batch | undefined
  let last = 0

  function close(): void {
    if (!batch) return
    const { series, cause, atMs, sequence } = batch
    batch = undefined
    const only = concerns && { only: concerns(sequence) }
    evaluate({ atMs, sequence, trigger: 'sample', frozenFrom: sequence, ...only }, cause, (moment) =>
      engine.evaluateReaders(series, moment),
    )
  }
  function passTo(timeMs: number): void {
    if ((engine.nextDeadline() ?? Number.POSITIVE_INFINITY) > timeMs) return
    close()
    replayDeadlines(timeMs, engine, last, (moment, work) => evaluate(moment, undefined, work))
  }
  return {
    before({ timeMs }) {
      // A sample's time has no fraction, an evaluation's is rounded up: it could not tell this one from the batch.
      if (batch && (Math.floor(timeMs) <= batch.atMs || timeMs - batch.cause.eventMs > SPAN_MS)) close()
      passTo(timeMs)
    },
    after({ timeMs, sequence, newestMs, series }) {
      if (series.some((one) => batch?.series.has(one))) close()
      const atMs = timeOf(timeMs, newestMs)
      batch ??= { series: new Set(), cause: { eventMs: timeMs, receivedMs: now() }, atMs, sequence }
      for (const one of series) batch.series.add(one)
      batch.atMs = atMs
      batch.sequence = sequence
      last = sequence
    },
    flush: close,
    finish(nowMs) {
      close()
      passTo(nowMs)
    },
  }
}
