import { collectorMetrics } from '@tocsin/contract'
import { type Bus, type Clock, createThrottle, type Log, type Metrics, messageOf } from '@tocsin/runtime'
import type { Head } from '@tocsin/tsdb'
import { inTurns } from '../http/in-turns.ts'
import { storeBatches } from '../intake/store-batches.ts'
import { endSeries } from './end-series.ts'

/** How often quiet series are looked for, unless they may be quiet for shorter. */
const EVERY_MS = 15_000
/** Those of one round; a whole cluster that went away takes several. */
const MOST_A_ROUND = 20_000
const SOURCE = 'collector'

export interface QuietSeriesDeps {
  readonly head: Pick<Head, 'inSteps'>
  readonly bus: Pick<Bus, 'publish' | 'subjects' | 'trouble'>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** How long a series may be without a sample. Milliseconds. */
  readonly staleAfterMs: number
}

/**
 * Ends series that got no sample for too long: their staleness markers go into METRICS, so that every reader of it has
 * them. As long as the stream could not be followed, nobody was quiet. The function returned stops it.
 */
export function endQuietSeries(deps: QuietSeriesDeps): () => Promise<void> {
  const { head, bus, clock, log, staleAfterMs } = deps
  const everyMs = Math.min(EVERY_MS, staleAfterMs / 4)
  const ended = deps.metrics.counter(collectorMetrics.headSeriesEndedTotal)
  const throttle = createThrottle(clock)
  const isStopped = () => stopped
  let followedSinceMs = clock.now()
  let lastRoundMs = clock.now()
  let stopped = false
  let cancel = () => {}
  let round = Promise.resolve()

  /** Whether the stream was followed for so long that a series without samples has none. */
  function couldHear(nowMs: number): boolean {
    const wasAway = nowMs - lastRoundMs > 3 * everyMs || nowMs < lastRoundMs || bus.trouble() !== undefined
    lastRoundMs = nowMs
    if (wasAway) followedSinceMs = nowMs
    return nowMs - followedSinceMs >= staleAfterMs
  }

  async function run(): Promise<void> {
    const nowMs = clock.now()
    if (!couldHear(nowMs)) return
    const quiet = (await inTurns(head.inSteps.idle(nowMs - staleAfterMs), isStopped))?.slice(0, MOST_A_ROUND)
    const messages =
      quiet && (await inTurns(endSeries(quiet, { source: SOURCE, staleAfterMs, nowMs }), isStopped))
    if (!messages?.length) return
    try {
      await storeBatches(bus, SOURCE, messages)
      ended.inc(quiet?.length ?? 0)
    } catch (error) {
      if (throttle('quiet series'))
        log.warn({ error: messageOf(error) }, 'quiet series could not be ended: tried again soon')
    }
  }

  function goOn(): void {
    cancel = clock.setTimeout(() => {
      round = run().finally(() => {
        if (!stopped) goOn()
      })
    }, everyMs)
  }
  goOn()
  return async () => {
    stopped = true
    cancel()
    await round
  }
}
