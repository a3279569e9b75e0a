import type { Translated } from './signal.ts'

/**
 * Keeps what could not be stored. When it is sent again it must be the same messages under the same ids, whatever was
 * decided since: only so does each part of it count once.
 */
export interface KeptTranslations {
  get(key: string): Translated | undefined
  keep(key: string, translated: Translated, nowMs: number): void
  forget(key: string): void
}

interface Kept {
  readonly translated: Translated
  readonly length: number
  readonly sinceMs: number
}

/** Senders give up earlier. */
const KEPT_MS = 10 * 60_000

/** Beyond `maxLength` characters what was kept longest is forgotten. */
export function createKeptTranslations(maxLength: number): KeptTranslations {
  const all = new Map<string, Kept>()
  let total = 0

  function forget(key: string): void {
    total -= all.get(key)?.length ?? 0
    all.delete(key)
  }

  return {
    get: (key) => all.get(key)?.translated,
    forget,
    keep(key, translated, nowMs) {
      forget(key)
      const length = lengthOf(translated)
      all.set(key, { translated, length, sinceMs: nowMs })
      total += length
      for (const [oldest, { sinceMs }] of all) {
        if (total <= maxLength && nowMs - sinceMs < KEPT_MS) return
        forget(oldest)
      }
    },
  }
}

/** Of its batches; its events are few. */
function lengthOf({ batches }: Translated): number {
  let length = 0
  for (const { messages } of batches) for (const { json } of messages) length += json.length
  return length
}
