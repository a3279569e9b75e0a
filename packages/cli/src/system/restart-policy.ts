const WINDOW_MS = 60_000
const MOST_DEATHS = 5
const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 8000

export type RestartDecision =
  | { readonly action: 'restart'; readonly delayMs: number }
  | { readonly action: 'give-up'; readonly reason: string }

/**
 * What to do about a part that has died at these times (ms, ascending, the last one just now): start it again
 * after 0.5, 1, 2, … s, or give up at the fifth death within a minute.
 */
export function decideRestart(deaths: readonly number[]): RestartDecision {
  const now = deaths.at(-1) ?? 0
  const recent = deaths.filter((at) => now - at < WINDOW_MS).length
  if (recent >= MOST_DEATHS)
    return { action: 'give-up', reason: `died ${recent} times within ${WINDOW_MS / 1000} s` }
  return { action: 'restart', delayMs: Math.min(FIRST_DELAY_MS * 2 ** (recent - 1), LONGEST_DELAY_MS) }
}
