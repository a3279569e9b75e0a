import {
  backoffMs,
  type Clock,
  CodedError,
  codeOf,
  isRetryable,
  type Log,
  messageOf,
  RefusedError,
  sleep,
} from '@tocsin/runtime'

export interface UntilStoredDeps {
  readonly clock: Clock
  readonly log: Log
}

/**
 * Repeats a task until what it stores is stored, in place rather than by giving the message back: what comes after it
 * in its group must not overtake it. Ends early when the signal aborts, or when trying again cannot help.
 */
export async function untilStored<T>(
  task: () => Promise<T>,
  { clock, log }: UntilStoredDeps,
  signal: AbortSignal,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    if (signal.aborted) throw new CodedError('stopping', 'left for the next notifier', { retryable: true })
    try {
      return await task()
    } catch (error) {
      if (error instanceof RefusedError || codeOf(error) === 'closed') throw error
      const message = messageOf(error)
      if (codeOf(error) === 'too_large' || /max_payload/i.test(message))
        throw new RefusedError('too_large', message)
      if (tries === 0)
        log.warn({ err: error, retryable: isRetryable(error) }, 'a message waits until it can be stored')
      await sleep(clock, backoffMs(tries, 100, 5000), signal)
    }
  }
}
