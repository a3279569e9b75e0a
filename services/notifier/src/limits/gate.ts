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

interface Followed {
  waiting: number
  readonly leave: () => void
}

/** `pace` is asked each time: a policy may change. */
export function createGate(pace: () => Pace, clock: Clock): Gate {
  const urgentOnes = new Set<Waiting>()
  const others = new Set<Waiting>()
  /** One listener for all that wait by a signal, while any do. */
  const followed = new Map<AbortSignal, Followed>()
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
      if (!next) return
      from.delete(next)
      unfollow(next.signal)
      begin()
      next.begin()
    }
  }

  /** What waits by this signal will leave when it aborts. */
  function follow(signal: AbortSignal): void {
    let one = followed.get(signal)
    if (!one) {
      one = { waiting: 0, leave: () => leave(signal) }
      followed.set(signal, one)
      signal.addEventListener('abort', one.leave, { once: true })
    }
    one.waiting++
  }

  function unfollow(signal: AbortSignal): void {
    const one = followed.get(signal)
    if (!one || --one.waiting > 0) return
    followed.delete(signal)
    signal.removeEventListener('abort', one.leave)
  }

  function leave(signal: AbortSignal): void {
    followed.delete(signal)
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
