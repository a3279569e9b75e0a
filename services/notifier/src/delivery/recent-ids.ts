/** Ids seen of late. */
export interface RecentIds {
  has(id: string): boolean
  add(id: string): void
}

/** Remembers the newest `most` ids. */
export function createRecentIds(most = 10_000): RecentIds {
  const ids = new Set<string>()
  return {
    has: (id) => ids.has(id),
    add(id) {
      ids.add(id)
      const [oldest] = ids
      if (ids.size > most && oldest !== undefined) ids.delete(oldest)
    },
  }
}
