/** Remembers ids for a while, so that an event delivered twice counts once. */
export interface RecentIds {
  has(id: string, nowMs: number): boolean
  add(id: string, nowMs: number): void
  /** The state, to be kept beside a snapshot. */
  dump(): DumpedIds
  load(dumped: DumpedIds): void
}

export interface DumpedIds {
  readonly startedMs: number
  readonly current: readonly string[]
  readonly previous: readonly string[]
}

/**
 * Two generations: an id is remembered for at least `windowMs` or `maxIds` further ids, whichever ends first, and
 * at most three times the window. Time is the messages' own, so that a replay decides alike.
 */
export function createRecentIds(maxIds: number, windowMs: number): RecentIds {
  let current = new Set<string>()
  let previous = new Set<string>()
  let startedMs = Number.NEGATIVE_INFINITY

  function turn(nowMs: number): void {
    if (nowMs - startedMs < windowMs && current.size < maxIds) return
    previous = nowMs - startedMs < 2 * windowMs ? current : new Set()
    current = new Set()
    startedMs = nowMs
  }

  return {
    has(id, nowMs) {
      turn(nowMs)
      return current.has(id) || previous.has(id)
    },
    add(id, nowMs) {
      turn(nowMs)
      current.add(id)
    },
    dump: () => ({
      startedMs: Number.isFinite(startedMs) ? startedMs : 0,
      current: [...current],
      previous: [...previous],
    }),
    load(dumped) {
      startedMs = dumped.startedMs
      current = new Set(dumped.current)
      previous = new Set(dumped.previous)
    },
  }
}
