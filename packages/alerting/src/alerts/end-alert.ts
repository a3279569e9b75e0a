import type { Alert } from './alert.ts'

/** An active alert whose condition, and all that held it, is over. */
export function endAlert(before: Alert, atMs: number): Alert {
  return {
    ...before,
    phase: before.phase === 'firing' ? 'resolved' : 'inactive',
    endedAt: Math.max(atMs, before.activeAt),
    keepFiringSince: undefined,
    unresolvedSince: undefined,
    noDataSince: undefined,
  }
}
