/** Whether what a source had refused for a reason is still worth a dead letter. Times are those of the messages. */
export type LetterBudget = (source: string, reason: string, atMs: number) => boolean

const WINDOW_MS = 60_000
const A_WINDOW = 100
const MOST_KEPT = 10_000

/** A hundred letters a minute for each source and reason: more of the same tell no more, and hold up who reads on. */
export function createLetterBudget(): LetterBudget {
  const spent = new Map<string, { sinceMs: number; letters: number }>()
  return (source, reason, atMs) => {
    const key = `${reason} ${source}`
    let window = spent.get(key)
    if (!window || atMs - window.sinceMs >= WINDOW_MS) {
      if (spent.size >= MOST_KEPT) spent.clear()
      window = { sinceMs: atMs, letters: 0 }
      spent.set(key, window)
    }
    return window.letters++ < A_WINDOW
  }
}
