/** What this process has written of late, for when it hears of it as all replicas do. */
export interface Written<T> {
  note(key: string, text: string, record: T): void
  /** The record that this text was made of, if it was here: it need not be read once more. */
  recall(key: string, text: string): T | undefined
}

/** More than can be on their way at a time. */
const MOST = 10_000

export function createWritten<T>(): Written<T> {
  const written = new Map<string, { readonly text: string; readonly record: T }>()
  return {
    note(key, text, record) {
      written.set(key, { text, record })
      const oldest = written.keys().next()
      if (written.size > MOST && !oldest.done) written.delete(oldest.value)
    },
    recall(key, text) {
      const known = written.get(key)
      if (known?.text !== text) return undefined
      written.delete(key)
      return known.record
    },
  }
}
