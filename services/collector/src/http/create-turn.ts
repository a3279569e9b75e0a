import { setImmediate as nextTurn } from 'node:timers/promises'

/** How long work may hold the event loop at a stretch. Milliseconds. */
const SLICE_MS = 2

/** The stretch of time that long work has before others get theirs. */
export interface Turn {
  isOver(): boolean
  /** Lets others work, and begins anew. */
  pass(): Promise<void>
}

export function createTurn(now: () => number = () => performance.now()): Turn {
  let begun = now()
  return {
    isOver: () => now() - begun >= SLICE_MS,
    async pass() {
      await nextTurn()
      begun = now()
    },
  }
}
