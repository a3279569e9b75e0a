/** Remembers what requests were answered, so that one which is sent again is neither stored nor counted again. */
export interface Repeats<Answer> {
  /**
   * The answer to the request of this key, by `make` when it did not come before, or is still being made. A failure is
   * not remembered.
   */
  once(
    key: string,
    make: () => Promise<Answer>,
  ): Promise<{ readonly answer: Answer; readonly isRepeated: boolean }>
}

/** As long as NATS looks out for messages that come twice. */
const KEPT_MS = 2 * 60_000
const MOST = 10_000

export function createRepeats<Answer>(now: () => number): Repeats<Answer> {
  const answers = new Map<string, { readonly answer: Promise<Answer>; readonly sinceMs: number }>()

  function forgetOld(nowMs: number): void {
    for (const [key, { sinceMs }] of answers) {
      if (answers.size <= MOST && nowMs - sinceMs < KEPT_MS) return
      answers.delete(key)
    }
  }

  return {
    async once(key, make) {
      const nowMs = now()
      forgetOld(nowMs)
      const known = answers.get(key)
      if (known) return { answer: await known.answer, isRepeated: true }
      const answer = make()
      answers.set(key, { answer, sinceMs: nowMs })
      try {
        return { answer: await answer, isRepeated: false }
      } catch (error) {
        answers.delete(key)
        throw error
      }
    },
  }
}
