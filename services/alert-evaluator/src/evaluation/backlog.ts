/** Whether messages are read so late that several values of a series may have come since the last evaluation. */
export interface Backlog {
  /** @param storedMs when NATS stored the message that is read now, in milliseconds since the epoch */
  isBehind(storedMs: number): boolean
}

export interface BacklogClocks {
  readonly wall: () => number
  readonly monotonic: () => number
}

// How much later than usual a message is: a process that was paused, or held up.
const BEHIND_MS = 250
// What cannot be gone through within this is too much: only the last value of each series is looked at.
const PATIENCE_MS = 2000
const WINDOW_MS = 120_000

/**
 * The usual delay is the least of the last minutes, so that it does not matter how the clocks of this machine and of
 * NATS' differ.
 */
export function createBacklog({ wall, monotonic }: BacklogClocks): Backlog {
  let [before, least] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  let windowEnds = monotonic() + WINDOW_MS
  let since: number | undefined
  return {
    isBehind(storedMs) {
      const delay = wall() - storedMs
      const now = monotonic()
      if (now > windowEnds) {
        before = least
        least = Number.POSITIVE_INFINITY
        windowEnds = now + WINDOW_MS
      }
      least = Math.min(least, delay)
      if (delay - Math.min(least, before) <= BEHIND_MS) {
        since = undefined
        return false
      }
      since ??= now
      return now - since < PATIENCE_MS
    },
  }
}
