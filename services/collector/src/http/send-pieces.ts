import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** How long work may hold the event loop at a stretch. Milliseconds. */
const SLICE_MS = 4

/**
 * Writes pieces of text as they are made, letting other work run every few milliseconds, and waiting where
 * the reader is slow. Ends the stream. Stops early, and without an error, once the signal aborts.
 */
export async function sendPieces(
  pieces: Iterable<string>,
  to: Writable,
  signal: AbortSignal,
  now: () => number = performance.now.bind(performance),
): Promise<void> {
  let begun = now()
  for (const piece of pieces) {
    if (piece !== '' && !to.write(piece)) {
      const drained = await once(to, 'drain', { signal }).then(
        () => true,
        () => false,
      )
      if (!drained) return
      begun = now()
    } else if (now() - begun >= SLICE_MS) {
      await nextTurn()
      begun = now()
    }
    if (signal.aborted) return
  }
  to.end()
}
