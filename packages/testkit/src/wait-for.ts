import { setTimeout as delay } from 'node:timers/promises'

export interface WaitOptions {
  /** Default 30000. */
  readonly timeoutMs?: number
  /** What is waited for, for the error: "the alert to fire". */
  readonly what?: string
}

/**
 * Resolves with the first truthy value of `condition`, which is asked again and again; one that throws counts
 * as not yet true. Rejects after `timeoutMs` with what was waited for and the last thing that was thrown.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 30_000, what = 'a condition' }: WaitOptions = {},
): Promise<Exclude<Awaited<T>, false | 0 | '' | null | undefined>> {
  const deadline = performance.now() + timeoutMs
  for (let pause = 2; ; pause = Math.min(pause * 1.5, 50)) {
    let failure: unknown
    try {
      const value = await condition()
      if (value) return value as Exclude<Awaited<T>, false | 0 | '' | null | undefined>
    } catch (error) {
      failure = error
    }
    if (performance.now() > deadline) {
      const reason = failure instanceof Error ? `: ${failure.message}` : ''
      throw new Error(`waited ${timeoutMs} ms in vain for ${what}${reason}`, { cause: failure })
    }
    await delay(pause)
  }
}
