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
  readonly urgent: boolean
  begin(): void
}

/** `pace` is asked each time: a policy may change. */
export function createGate(pace: () => Pace, clock: Clock): Gate {
  const waiting: Waiting[] = []
  let running = 0
  let notBeforeMs = 0
  let cancelTimer = () => {}

  function pump(): void {
    cancelTimer()
    while (waiting.length > 0 && running < pace().concurrency) {
      const leftMs = notBeforeMs - clock.now()
      if (leftMs > 0) {
        cancelTimer = clock.setTimeout(pump, leftMs)
        return
      }
      const urgent = waiting.findIndex((item) => item.urgent)
      const [next] = waiting.splice(Math.max(0, urgent), 1)
      running++
      const { spacingMs } = pace()
      if (spacingMs > 0) notBeforeMs = clock.now() + spacingMs
      next?.begin()
    }
  }

  function turn(urgent: boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(item), 1)
        if (waiting.length === 0) cancelTimer()
        reject(new CodedError('stopping', 'left for the next notifier to send', { retryable: true }))
      }
      const item: Waiting = {
        urgent,
        begin() {
          signal.removeEventListener('abort', leave)
          resolve()
        },
      }
      waiting.push(item)
      signal.addEventListener('abort', leave, { once: true })
      if (signal.aborted) leave()
      else pump()
    })
  }

  return {
    async run(task, { urgent, signal }) {
      await turn(urgent, signal)
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
