import { type Refusal, refuse } from './ingest-outcome.ts'

export interface TimeLimits {
  /** Events behind their message's time by more than this are refused. Milliseconds. */
  readonly maxAgeMs: number
  /** Events ahead of their message's time by more than this are refused. Milliseconds. */
  readonly maxFutureMs: number
}

export const isInTime = (
  time: number,
  receivedAtMs: number,
  { maxAgeMs, maxFutureMs }: TimeLimits,
): boolean => time <= receivedAtMs + maxFutureMs && time >= receivedAtMs - maxAgeMs

/** The reason that a time is out of bounds, if it is. */
export function refuseTime(time: number, receivedAtMs: number, limits: TimeLimits): Refusal | undefined {
  if (isInTime(time, receivedAtMs, limits)) return undefined
  if (!(time <= receivedAtMs + limits.maxFutureMs))
    return refuse(
      'too_far_in_future',
      `the event is ${Math.round((time - receivedAtMs) / 1000)} s ahead of its message: set the publisher's clock`,
    )
  return refuse(
    'too_old',
    `the event is ${Math.round((receivedAtMs - time) / 1000)} s behind its message, at most ${limits.maxAgeMs / 1000} s are kept open`,
  )
}
