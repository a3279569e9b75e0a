import { type Clock, CodedError } from '@tocsin/runtime'

export interface Pace {
  /** How many tasks run at once. */
  readonly concurrency: number
  /** How long after one has begun the next may begin. Milliseconds. */
  readonly spacingMs: number
}

/** Lets tasks begin no faster than a pace allows; what is urgent goes before what is not. */
export interface Gate {
  /** Rejects with `stopping` when the signal aborts before the task has begun. */
  run<T>(
    task: () => Promise<T>,
    options: { readonly urgent: boolean; readonly signal: AbortSignal },
  ): Promise<T>
  /** Nothing begins before this moment. Milliseconds since the epoch. */
  holdUntil(ms: number): void
}

interface Waiting {
  readonly signal: AbortSignal
  begin(): void
  reject(reason: unknown): void
}

/** `pace` is asked each time: a policy may change. */
export function createGate(pace: () => Pace, clock: Clock): Gate {
  const urgentOnes = new Set<Waiting>()
  const others = new Set<Waiting>()
  /** One listener for all that wait by a signal. */
  const followed = new WeakSet<AbortSignal>()
  let running = 0
  let notBeforeMs = 0
  let cancelTimer = () => {}

  const isAnyWaiting = () => urgentOnes.size > 0 || others.size > 0

  function begin(): void {
    running++
    const { spacingMs } = pace()
    if (spacingMs > 0) notBeforeMs = clock.now() + spacingMs
  }

  const mayBegin = () => running < pace().concurrency && notBeforeMs <= clock.now() && !isAnyWaiting()

  function pump(): void {
    cancelTimer()
    while (isAnyWaiting() && running < pace().concurrency) {
      const leftMs = notBeforeMs - clock.now()
      if (leftMs > 0) {
        cancelTimer = clock.setTimeout(pump, leftMs)
        return
      }
      const from = urgentOnes.size > 0 ? urgentOnes : others
      const [next] = from
      if (next) from.delete(next)
      begin()
      next?.begin()
    }
  }

  /** What waits by this signal will leave when it aborts. */
  function follow(signal: AbortSignal): void {
    if (followed.has(signal)) return
    followed.add(signal)
    signal.addEventListener('abort', () => leave(signal), { once: true })
  }

  function leave(signal: AbortSignal): void {
    for (const waiting of [urgentOnes, others])
      for (const one of waiting) {
        if (one.signal !== signal) continue
        waiting.delete(one)
        one.reject(stopping())
      }
    if (!isAnyWaiting()) cancelTimer()
  }

  function turn(urgent: boolean, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(stopping())
    follow(signal)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting = urgent ? urgentOnes : others
    waiting.add({ signal, begin: resolve, reject })
    pump()
    return promise
  }

  return {
    async run(task, { urgent, signal }) {
      if (mayBegin() && !signal.aborted) begin()
      else await turn(urgent, signal)
      try {
        return await task()
      } finally {
        running--
        pump()
      }
    },
    holdUntil(ms) {
      notBeforeMs = Math.max(notBeforeMs, ms)
    },
  }
}

const stopping = () => new CodedError('stopping', 'left for the next notifier to send', { retryable: true })
