/** Sends that succeeded after their attempt had been cut off: what has arrived must not be sent again. */
export interface LateSends<T> {
  /** Notes the send's success, should it come after the signal has aborted. */
  follow(id: string, sent: Promise<T>, signal: AbortSignal): void
  /** What a send of this notification came to after it was cut off, once. */
  take(id: string): T | undefined
}

/** Remembers the newest `most`. */
export function createLateSends<T>(most = 1000): LateSends<T> {
  const late = new Map<string, T>()
  return {
    follow(id, sent, signal) {
      const note = (result: T) => {
        if (!signal.aborted) return
        late.set(id, result)
        const oldest = late.keys().next()
        if (late.size > most && !oldest.done) late.delete(oldest.value)
      }
      sent.then(note, () => {})
    },
    take(id) {
      const result = late.get(id)
      late.delete(id)
      return result
    },
  }
}
