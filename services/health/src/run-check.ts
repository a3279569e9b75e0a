import type { Clock } from '@tocsin/runtime'
import type { Check, CheckResult } from './check.ts'

export interface CheckRun {
  /** When it began. Milliseconds since the epoch. */
  readonly at: number
  readonly durationMs: number
  readonly result: CheckResult
}

/** Runs a check once, cut off at the timeout, whether it heeds the signal or not. Never rejects. */
export async function runCheck(check: Check, timeoutMs: number, clock: Clock): Promise<CheckRun> {
  const at = clock.now()
  const aborter = new AbortController()
  const result = await new Promise<CheckResult>((resolve) => {
    const cancel = clock.setTimeout(() => {
      aborter.abort()
      resolve({ status: 'unhealthy', message: `no result within ${timeoutMs} ms` })
    }, timeoutMs)
    const settle = (found: CheckResult) => {
      cancel()
      resolve(found)
    }
    Promise.resolve()
      .then(() => check.run(aborter.signal))
      .then(settle, (error: unknown) => settle({ status: 'unhealthy', message: messageOf(error) }))
  })
  return { at, durationMs: clock.now() - at, result }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
