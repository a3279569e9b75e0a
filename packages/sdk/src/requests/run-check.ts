import { type HealthEvent, type HealthStatus, healthStatus } from '@tocsin/contract'
import type { Clock } from '../clock.ts'
import { messageOf } from '../errors.ts'

/** What a check answers. */
export interface CheckResult {
  readonly status: HealthStatus
  readonly message?: string
  /** Facts for whoever looks into it; anything that JSON can hold. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** `signal` aborts when the check is cut off. */
export type CheckFunction = (context: { readonly signal: AbortSignal }) => CheckResult | Promise<CheckResult>

export type Outcome = Pick<HealthEvent, 'status' | 'message' | 'details' | 'durationMs'>

const MAX_TEXT = 2000

/**
 * Runs a check once and says what came of it, at the latest after `timeoutMs`. `ended` resolves when the check
 * itself has: one that was cut off may still be busy. Neither rejects.
 */
export function runCheck(
  check: CheckFunction,
  timeoutMs: number,
  clock: Clock,
): { readonly outcome: Promise<Outcome>; readonly ended: Promise<void> } {
  const started = clock.now()
  const abort = new AbortController()
  const took = () => Math.max(0, clock.now() - started)
  const run = new Promise<CheckResult>((resolve) => resolve(check({ signal: abort.signal })))
  const answered = run.then(
    (result) => ({ ...readResult(result), durationMs: took() }),
    (error) => ({ status: 'unhealthy' as const, message: clip(messageOf(error)), durationMs: took() }),
  )
  const outcome = new Promise<Outcome>((resolve) => {
    const cancel = clock.after(timeoutMs, () => {
      resolve({ status: 'unhealthy', message: `no answer within ${timeoutMs} ms`, durationMs: took() })
      abort.abort(new Error(`cut off after ${timeoutMs} ms`))
    })
    void answered.then((result) => {
      cancel()
      resolve(result)
    })
  })
  return { outcome, ended: answered.then(() => {}) }
}

/** Code that is not typed may answer anything. */
function readResult(result: unknown): Omit<Outcome, 'durationMs'> {
  const { status, message, details } = Object(result) as Record<string, unknown>
  const known = healthStatus.safeParse(status)
  if (!known.success)
    return { status: 'unhealthy', message: `the check answered no status: ${clip(String(status))}` }
  return {
    status: known.data,
    ...(message !== undefined && { message: clip(String(message)) }),
    ...(details !== undefined && { details: asJsonObject(details) }),
  }
}

function asJsonObject(details: unknown): HealthEvent['details'] {
  try {
    const json: unknown = JSON.parse(JSON.stringify(details))
    return (
      typeof json === 'object' && json !== null && !Array.isArray(json) ? json : { value: json }
    ) as HealthEvent['details']
  } catch (error) {
    return { error: `details cannot be written as JSON: ${messageOf(error)}` }
  }
}

const clip = (text: string): string => text.slice(0, MAX_TEXT)
