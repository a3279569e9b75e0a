import { messageOf } from '../errors.ts'

/** Keeps count of lines that could not be written. */
export interface LostLines {
  /** A line was dropped. The first time, the reason is said. */
  lost(error?: unknown): void
  /** Lines are written again: says how many were dropped, if any were. */
  regained(): void
}

/** `what` is what cannot be written, `say` where that is told: somewhere else, if there is such a place. */
export function countLostLines(what: string, say: (line: string) => void): LostLines {
  let count = 0
  return {
    lost(error) {
      count++
      if (count === 1)
        say(
          `${what} cannot be written (${messageOf(error)}): everything runs on, lines are dropped until there is room`,
        )
    },
    regained() {
      if (count === 0) return
      const dropped = count === 1 ? '1 line was' : `${count} lines were`
      count = 0
      say(`${what} can be written again: ${dropped} dropped`)
    },
  }
}
