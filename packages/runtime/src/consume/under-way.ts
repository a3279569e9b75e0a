import type { Clock } from '../clock.ts'
import { CodedError } from '../coded-error.ts'
import type { Outcome } from './run-stages.ts'

/** A message that is being handled. */
export interface Handling {
  /** Aborts when the consumer stops, or the message has taken too long. Made when it is asked for: most never are. */
  readonly signal: AbortSignal
  /** Resolves with the outcome, or after too long with a retryable `handling_timeout`. */
  settled(outcome: Promise<Outcome>): Promise<Outcome>
}

/** The messages that are being handled. One timer watches them all. */
export interface UnderWay {
  begin(): Handling
  /** Those that begin from now on are aborted as well. */
  abortAll(): void
  /** Nothing is watched any more. */
  stop(): void
}

const MOST_SWEEP_MS = 1000

/** `timeoutMs`: a handler that hangs must not hold its message for ever. It is noticed within a second. */
export function createUnderWay(clock: Clock, timeoutMs: number): UnderWay {
  const all = new Set<Message>()
  const sweepMs = Math.min(timeoutMs, MOST_SWEEP_MS)
  let isSweeping = false
  let cancelSweep = () => {}
  let isEnding = false

  function sweep(): void {
    const now = clock.now()
    for (const one of all) {
      if (now - one.begunMs < timeoutMs) continue
      one.abort('handling_timeout')
      const message = `not handled within ${timeoutMs} ms`
      one.end({ error: new CodedError('handling_timeout', message, { retryable: true }) })
    }
    isSweeping = all.size > 0
    if (isSweeping) cancelSweep = clock.setTimeout(sweep, sweepMs)
  }

  class Message implements Handling {
    readonly begunMs = clock.now()
    end: (outcome: Outcome) => void = () => {}
    #controller: AbortController | undefined
    #aborted = isEnding ? 'stopping' : undefined

    get signal(): AbortSignal {
      if (this.#controller) return this.#controller.signal
      this.#controller = new AbortController()
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted)
      return this.#controller.signal
    }

    abort(reason: string): void {
      this.#aborted ??= reason
      this.#controller?.abort(reason)
    }

    settled(outcome: Promise<Outcome>): Promise<Outcome> {
      all.add(this)
      if (!isSweeping) {
        isSweeping = true
        cancelSweep = clock.setTimeout(sweep, sweepMs)
      }
      return new Promise((resolve) => {
        this.end = (value) => {
          all.delete(this)
          resolve(value)
        }
        void outcome.then(this.end)
      })
    }
  }

  return {
    begin: () => new Message(),
    abortAll() {
      isEnding = true
      for (const one of all) one.abort('stopping')
    },
    stop: () => cancelSweep(),
  }
}
