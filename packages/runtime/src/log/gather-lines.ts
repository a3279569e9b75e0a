import type { DestinationStream } from 'pino'

/** A destination that can be told not to wait. */
export interface GatheringStream extends DestinationStream {
  flushSync(): void
}

/** Characters that wait at most. */
const MOST = 64 * 1024

/**
 * Writes the lines of one turn of the event loop at once: a write by itself for each costs as much as making it. `to`
 * writes synchronously, so that what a turn has said is out before the next one, also where it ends the process.
 */
export function gatherLines(to: DestinationStream): GatheringStream {
  let lines: string[] = []
  let size = 0

  function flush(): void {
    if (lines.length === 0) return
    const text = lines.join('')
    lines = []
    size = 0
    to.write(text)
  }

  process.on('exit', flush)
  return {
    write(line) {
      if (lines.push(line) === 1) setImmediate(flush)
      size += line.length
      if (size > MOST) flush()
    },
    flushSync: flush,
  }
}
