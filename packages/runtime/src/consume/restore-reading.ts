import { apiCode, apiCodeOf, toBusError } from '../bus/bus-error.ts'
import { backoffMs, sleep } from '../clock.ts'
import type { ConsumeDeps } from './consume-deps.ts'

const FIRST_MS = 50
const MOST_MS = 2000
/** By then about three seconds have passed: worth a line. */
const TOLD_AT = 6

/**
 * Tries to read again until it works, or the signal or the connection ends it (then undefined).
 * A stream that is gone is made again.
 */
export async function restoreReading<T>(
  { bus, clock, log }: Pick<ConsumeDeps, 'bus' | 'clock' | 'log'>,
  what: string,
  read: () => Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      return await read()
    } catch (error) {
      const fault = toBusError(error, what)
      if (fault.code === 'closed') return undefined
      if (apiCodeOf(fault.cause) === apiCode.streamNotFound)
        await bus
          .ensureTopology()
          .catch((cause: unknown) => log.error({ err: cause }, 'a stream cannot be made'))
      if (attempt === TOLD_AT) log.warn({ err: fault }, `${what} is not back yet`)
      await sleep(clock, backoffMs(attempt, FIRST_MS, MOST_MS), signal)
    }
  }
  return undefined
}
