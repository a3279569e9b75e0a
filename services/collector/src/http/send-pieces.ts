import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { createTurn } from './create-turn.ts'

/** How many characters of text are sent at once, about; bytes are sent as they come. */
const BLOCK = 32 * 1024

/**
 * Writes pieces of text or of bytes as they are made, letting other work run every few milliseconds, and waiting where
 * the reader is slow. Ends the stream. Stops early, and without an error, once the signal aborts.
 */
export async function sendPieces(
  pieces: Iterable<string | Uint8Array>,
  to: Writable,
  signal: AbortSignal,
  now: () => number = () => performance.now(),
): Promise<void> {
  let block = ''
  /** What is to be written now: empty while text is gathered. */
  const nextBlock = (piece: string | Uint8Array): string | Uint8Array => {
    if (typeof piece !== 'string') return piece
    block += piece
    if (block.length < BLOCK) return ''
    const full = block
    block = ''
    return full
  }
  const turn = createTurn(now)
  for (const piece of pieces) {
    const full = nextBlock(piece)
    if (full.length > 0) {
      const roomy = to.write(full)
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
