// npm passes a Ctrl-C on to its child, which the terminal has told already: the echo is no second wish.
const ECHO_MS = 700

export interface StopHandlers {
  readonly stop: (signal: NodeJS.Signals) => void
  readonly force: () => void
}

/** Calls `stop` on the first INT, TERM or HUP, or when nobody reads our output any more; `force` on the next. Returns its undoing. */
export function onStopSignals({ stop, force }: StopHandlers): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  let firstAt: number | undefined
  const handle = (signal: NodeJS.Signals) => {
    const now = performance.now()
    if (firstAt === undefined) {
      firstAt = now
      stop(signal)
    } else if (now - firstAt > ECHO_MS) force()
  }
  const brokenPipe = ({ code }: NodeJS.ErrnoException) => {
    // Anything else, such as a full disk, is no word of the user's.
    if (firstAt === undefined && code === 'EPIPE') handle('SIGHUP')
  }
  for (const signal of signals) process.on(signal, handle)
  process.stdout.on('error', brokenPipe)
  return () => {
    for (const signal of signals) process.off(signal, handle)
  }
}
