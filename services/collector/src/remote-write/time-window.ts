const MINUTE_MS = 60_000
/** What readers of the stream take: it is better that the sender learns of it than that it ends among dead letters. */
const MOST_BEHIND_MS = 30 * MINUTE_MS
const MOST_AHEAD_MS = 10 * MINUTE_MS

/** The times that samples of a request may have. Milliseconds since 1970. */
export interface TimeWindow {
  readonly leastMs: number
  readonly mostMs: number
}

export function timeWindowAt(nowMs: number): TimeWindow {
  return { leastMs: nowMs - MOST_BEHIND_MS, mostMs: nowMs + MOST_AHEAD_MS }
}

/** What to say of a time outside of the window. */
export function describeTime(timeMs: number, { leastMs, mostMs }: TimeWindow): string {
  const shown = Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString() : `${timeMs} ms`
  return timeMs < leastMs
    ? `${shown} is more than ${MOST_BEHIND_MS / MINUTE_MS} minutes ago: that past is closed`
    : `${shown} is over ${MOST_AHEAD_MS / MINUTE_MS} minutes ahead, past ${new Date(mostMs).toISOString()}: set the sender's clock`
}
