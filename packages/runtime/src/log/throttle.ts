import type { Clock } from '../clock.ts'

/** Says whether to log something of this kind now, and how many were kept back since the last time. */
export type Throttle = (key: string) => { readonly suppressed: number } | undefined

/** At most once per key and interval. Remembers the newest 1000 keys. */
export function createThrottle(clock: Clock, intervalMs = 60_000, maxKeys = 1000): Throttle {
  const seen = new Map<string, { since: number; suppressed: number }>()
  return (key) => {
    const now = clock.now()
    const last = seen.get(key)
    if (last && now - last.since < intervalMs) {
      last.suppressed++
      return undefined
    }
    seen.delete(key)
    seen.set(key, { since: now, suppressed: 0 })
    const oldest = seen.keys().next()
    if (seen.size > maxKeys && !oldest.done) seen.delete(oldest.value)
    return { suppressed: last?.suppressed ?? 0 }
  }
}
