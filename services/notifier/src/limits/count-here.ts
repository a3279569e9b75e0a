/** Counts what was let through in the last while, each id once. */
export interface Window {
  /** Whether this one is within the limit. One that `passes` counts as well, and is never over it. */
  take(id: string, nowMs: number, passes: boolean): boolean
}

/** A window that this process keeps for itself: what Redis does not know while it is away. */
export function createWindow({ limit, perMs }: { readonly limit: number; readonly perMs: number }): Window {
  /** When each was let through; the oldest first. */
  const taken = new Map<string, number>()
  return {
    take(id, nowMs, passes) {
      for (const [old, atMs] of taken) {
        if (atMs > nowMs - perMs) break
        taken.delete(old)
      }
      if (taken.has(id)) return true
      if (taken.size >= limit) {
        if (!passes) return false
        const [oldest] = taken.keys()
        if (oldest !== undefined) taken.delete(oldest)
      }
      taken.set(id, nowMs)
      return true
    },
  }
}
