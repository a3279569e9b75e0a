import type { HealthEvent } from '@tocsin/contract'
import type { Clock } from '@tocsin/runtime'
import type { Check } from './check.ts'
import { judgeRun, reservation, type Standing, type Thresholds } from './judge-run.ts'
import { resultEvent } from './result-event.ts'
import { runCheck } from './run-check.ts'

export interface WatchOptions {
  readonly checks: readonly Check[]
  /** Whose checks these are. */
  readonly service: string
  /** Who runs them. */
  readonly source: string
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly thresholds: Thresholds
  readonly clock: Clock
  /** Told of every result, with how the check stood before and stands now. */
  readonly onResult: (result: HealthEvent, before: Standing | undefined, after: Standing) => void
}

export interface Watch {
  /** Resolves when every check has run once, which takes no longer than a check may. */
  readonly looked: Promise<void>
  /** No check is begun after this, and no result told. */
  end(): void
}

/** Runs every check at once, then each at its interval, none waiting for another. */
export function watchChecks(options: WatchOptions): Watch {
  const { checks, service, source, intervalMs, timeoutMs, thresholds, clock, onResult } = options
  let ended = false
  const cancels = new Map<Check, () => void>()

  async function turn(check: Check, before: Standing | undefined): Promise<void> {
    const run = await runCheck(check, timeoutMs, clock)
    if (ended) return
    const standing = judgeRun(before, run.result.status, thresholds)
    const but = reservation(standing, run.result.status, thresholds)
    const result = resultEvent({ service, source }, check, run, standing.status, intervalMs)
    onResult(but ? { ...result, message: `${result.message} (${but})` } : result, before, standing)
    const wait = Math.max(0, pauseMs(standing, intervalMs) - run.durationMs)
    cancels.set(
      check,
      clock.setTimeout(() => void turn(check, standing), wait),
    )
  }

  const first = checks.map((check) => turn(check, undefined))
  return {
    looked: Promise.all(first).then(() => {}),
    end() {
      ended = true
      for (const cancel of cancels.values()) cancel()
    },
  }
}

const SOON_MS = 1000

/** What is not healthy is looked at ten times as often, so that neither its end nor its recovery is learnt late. */
function pauseMs(standing: Standing, intervalMs: number): number {
  return standing.status === 'healthy' ? intervalMs : Math.max(intervalMs / 10, Math.min(intervalMs, SOON_MS))
}
