import { CodedError } from '@tocsin/runtime'

/** What a promise comes to, unless a signal aborts first: then nobody waits for it any longer, though it goes on. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal, what = 'no answer'): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new CodedError('timeout', `${what} in time`, { retryable: true }))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
