import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** How long work may hold the event loop at a stretch. Milliseconds. */
const SLICE_MS = 4
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
  let begun = now()
  for (const piece of pieces) {
    block += piece
    const full = block.length >= BLOCK
    if (full && !to.write(block)) {
      if (!(await drained(to, signal))) return
      begun = now()
    } else if (now() - begun >= SLICE_MS) {
      await nextTurn()
      begun = now()
    }
    if (full) block = ''
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
