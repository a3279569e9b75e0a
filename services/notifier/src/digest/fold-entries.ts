import type { DigestEntry } from '@tocsin/contract'

/**
 * One entry for each alert, however often it came: as it was last, with how often it began to fire and since when.
 * Messages stay as they are. The same entries always fold into the same ones.
 */
export function foldEntries(entries: readonly DigestEntry[]): readonly DigestEntry[] {
  const alerts = Map.groupBy([...entries].sort(byTime), (entry) =>
    entry.status === 'message' ? `message ${entry.id}` : JSON.stringify(Object.entries(entry.labels).sort()),
  )
  return [...alerts.values()].flatMap((all) => {
    const last = all.at(-1)
    if (!last) return []
    // A repeat tells of the same beginning once more.
    const beginnings = [...new Set(all.filter(({ status }) => status === 'firing').map(({ time }) => time))]
    const [since] = beginnings
    return [beginnings.length > 1 && since ? { ...last, fired: beginnings.length, since } : last]
  })
}

/** Of two at one time, an end comes after a beginning. */
function byTime(a: DigestEntry, b: DigestEntry): number {
  const ended = ({ status }: DigestEntry) => (status === 'resolved' ? 1 : 0)
  return Date.parse(a.time) - Date.parse(b.time) || ended(a) - ended(b) || (a.id < b.id ? -1 : 1)
}
