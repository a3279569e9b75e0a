import type { Clock } from '../clock.ts'
import { messageOf } from '../coded-error.ts'

/** Whether a service may be given work. */
export interface Readiness {
  /**
   * A check asked at most once a second: it fails by throwing, or by returning the reason.
   * One that only degrades says what is amiss, and leaves the service ready.
   */
  check(name: string, fn: () => unknown, options?: { timeoutMs?: number; onlyDegrades?: boolean }): () => void
  /** Holds readiness back for a reason, until called with undefined for the same name. */
  set(name: string, reason: string | undefined): void
  /** The service's own phase. */
  phase(phase: Phase): void
  isStarting(): boolean
  report(): Promise<ReadinessReport>
}

export type Phase = 'starting' | 'ready' | 'stopping'

export interface ReadinessReport {
  readonly status: Phase | 'degraded' | 'not_ready'
  /** Why not, by name. */
  readonly reasons: Readonly<Record<string, string>>
}

interface Check {
  readonly fn: () => unknown
  readonly timeoutMs: number
  readonly onlyDegrades: boolean
  last: { readonly at: number; readonly reason: Promise<string | undefined> } | undefined
}

const CACHE_MS = 1000

export function createReadiness(clock: Clock): Readiness {
  const checks = new Map<string, Check>()
  const held = new Map<string, string>()
  let phase: Phase = 'starting'

  function ask(check: Check): Promise<string | undefined> {
    const now = clock.now()
    if (!check.last || now - check.last.at >= CACHE_MS)
      check.last = { at: now, reason: reasonOf(check.fn, check.timeoutMs, clock) }
    return check.last.reason
  }

  return {
    check(name, fn, { timeoutMs = 2000, onlyDegrades = false } = {}) {
      const check: Check = { fn, timeoutMs, onlyDegrades, last: undefined }
      checks.set(name, check)
      return () => {
        if (checks.get(name) === check) checks.delete(name)
      }
    },
    set(name, reason) {
      if (reason === undefined) held.delete(name)
      else held.set(name, reason)
    },
    phase(next) {
      phase = next
      // What was found while it started says nothing of what has started.
      for (const check of checks.values()) check.last = undefined
    },
    isStarting: () => phase === 'starting',
    async report() {
      const begun = phase
      const reasons: Record<string, string> = Object.fromEntries(held)
      let worst: 'ready' | 'degraded' | 'not_ready' = held.size === 0 ? 'ready' : 'not_ready'
      const asked = [...checks].map(async ([name, check]) => ({ name, check, reason: await ask(check) }))
      for (const { name, check, reason } of await Promise.all(asked)) {
        if (reason === undefined) continue
        reasons[name] = reason
        if (!check.onlyDegrades) worst = 'not_ready'
        else if (worst === 'ready') worst = 'degraded'
      }
      const inPhase = phase === 'ready' ? begun : phase
      return { status: inPhase === 'ready' ? worst : inPhase, reasons }
    },
  }
}

function reasonOf(fn: () => unknown, timeoutMs: number, clock: Clock): Promise<string | undefined> {
  return new Promise((resolve) => {
    const cancel = clock.setTimeout(() => resolve(`no answer within ${timeoutMs} ms`), timeoutMs)
    const settle = (reason: string | undefined) => {
      cancel()
      resolve(reason)
    }
    Promise.resolve()
      .then(fn)
      .then(
        (reason) => settle(typeof reason === 'string' ? reason : undefined),
        (error: unknown) => settle(messageOf(error)),
      )
  })
}
