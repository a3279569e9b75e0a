/** Ids seen of late. */
export interface RecentIds {
  has(id: string): boolean
  add(id: string): void
}

/** Remembers the newest `most` ids at least, and no more than twice as many. */
export function createRecentIds(most = 10_000): RecentIds {
  let newer = new Set<string>()
  let older: ReadonlySet<string> = new Set()
  return {
    has: (id) => newer.has(id) || older.has(id),
    add(id) {
      newer.add(id)
      if (newer.size < most) return
      older = newer
      newer = new Set()
    },
  }
}
