import type { Bus } from '../bus/connect-bus.ts'
import { type Clock, sleep } from '../clock.ts'
import { isRetryable, messageOf } from '../coded-error.ts'
import type { Log } from '../log/create-log.ts'
import { createThrottle } from '../log/throttle.ts'
import type { Metrics } from './create-metrics.ts'
import { createOwnBook } from './own-book.ts'
import { ownSeries } from './own-series.ts'
import type { ServiceIdentity } from './service-identity.ts'

export interface OwnMetricsDeps {
  readonly metrics: Metrics
  readonly bus: Pick<Bus, 'publish' | 'subjects' | 'trouble'>
  readonly identity: ServiceIdentity
  /** Unique to this process. */
  readonly instance: string
  readonly log: Log
  readonly clock: Clock
  readonly intervalMs: number
  /** When the service began to count, in milliseconds since the epoch. */
  readonly startedMs: number
}

/** A message takes milliseconds; what is not stored by then is told by the next one. */
const DEADLINE_MS = 5000

/**
 * Publishes the service's own metrics at once and then at every interval, so that rules can read them. While NATS is
 * away nothing is sent: levels are cumulative, and the next batch says all. The function returned sends the last one.
 */
export function publishOwnMetrics(deps: OwnMetricsDeps): () => Promise<void> {
  const { metrics, bus, identity, log, clock, intervalMs } = deps
  const source = `tocsin-${identity.service}`
  const book = createOwnBook({ source, publisher: deps.instance, startedMs: deps.startedMs })
  const stopping = new AbortController()
  const throttle = createThrottle(clock)

  async function publish(last: boolean): Promise<void> {
    if (bus.trouble() !== undefined) return
    try {
      const { batch, stored } = book.write(ownSeries(await metrics.read(), identity), clock.now(), last)
      await bus.publish(bus.subjects.metrics(source), batch, {
        msgId: batch.id,
        deadlineMs: Math.min(DEADLINE_MS, intervalMs),
        signal: stopping.signal,
      })
      stored()
    } catch (error) {
      // What may work next time is seen by the alerts on what is missing; the rest is a fault in the set-up.
      const turn = isRetryable(error) ? undefined : throttle('')
      if (turn) log.warn({ err: error, ...turn }, `own metrics cannot be published: ${messageOf(error)}`)
    }
  }

  async function publishOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      await publish(false)
      await sleep(clock, intervalMs, stopping.signal)
    }
  }

  const publishing = publishOn()
  return async () => {
    stopping.abort()
    await publishing
    await publish(true)
  }
}
