import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { createTurn } from './create-turn.ts'

/** How many characters are sent at once, about. */
const BLOCK = 32 * 1024

/**
 * Writes pieces of text as they are made, letting other work run every few milliseconds, and waiting where
 * the reader is slow. Ends the stream. Stops early, and without an error, once the signal aborts.
 */
export async function sendPieces(
  pieces: Iterable<string>,
  to: Writable,
  signal: AbortSignal,
  now: () => number = () => performance.now(),
): Promise<void> {
  let block = ''
  const turn = createTurn(now)
  for (const piece of pieces) {
    block += piece
    if (block.length >= BLOCK) {
      const roomy = to.write(block)
      block = ''
      // A fast reader's socket is drained at once, before anyone else had a turn.
      if (!roomy && !(await drained(to, signal))) return
    }
    if (turn.isOver()) await turn.pass()
    if (signal.aborted) return
  }
  to.end(block)
}

async function drained(to: Writable, signal: AbortSignal): Promise<boolean> {
  try {
    await once(to, 'drain', { signal })
    return true
  } catch {
    return false
  }
}
