/** Lets a bounded number of queries run at once; the others wait their turn. */
export interface QueryGate {
  /**
   * Runs `work` once there is room.
   * @throws the signal's reason when it aborts while waiting
   */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>
}

export function createQueryGate(mostAtOnce: number): QueryGate {
  let running = 0
  const waiting = new Set<() => void>()

  function admit(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (running < mostAtOnce) {
      running++
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        waiting.delete(enter)
        reject(signal.reason)
      }
      waiting.add(enter)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  /** The place goes to whoever has waited longest. */
  function release(): void {
    const [next] = waiting
    if (!next) running--
    else {
      waiting.delete(next)
      next()
    }
  }

  return {
    async run(signal, work) {
      await admit(signal)
      try {
        return await work()
      } finally {
        release()
      }
    },
  }
}
