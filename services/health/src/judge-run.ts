import type { HealthStatus } from '@tocsin/contract'

export interface Thresholds {
  /** Unhealthy runs in a row before the check is. */
  readonly failures: number
  /** Runs in a row that are not unhealthy before it is no longer. */
  readonly successes: number
}

/** What is remembered of a check between its runs. */
export interface Standing {
  readonly status: HealthStatus
  readonly failuresInRow: number
  readonly successesInRow: number
  /** It has succeeded before: only then has a first success to be doubted. */
  readonly proven: boolean
  /** It has failed often enough that people are to know. */
  readonly alarming: boolean
}

/**
 * The standing of a check after a run. One bad run degrades a healthy check, a row of them makes it unhealthy; an
 * unhealthy one has to succeed several times. Until it has first succeeded, each run stands as it is: a service that starts
 * is not one that flaps.
 */
export function judgeRun(
  before: Standing | undefined,
  found: HealthStatus,
  thresholds: Thresholds,
): Standing {
  const failed = found === 'unhealthy'
  const failuresInRow = failed ? (before?.failuresInRow ?? 0) + 1 : 0
  const successesInRow = failed ? 0 : (before?.successesInRow ?? 0) + 1
  const proven = before?.proven === true || !failed
  const standing = (status: HealthStatus): Standing => {
    const failedOften = before?.alarming === true || failuresInRow >= thresholds.failures
    return { status, failuresInRow, successesInRow, proven, alarming: status === 'unhealthy' && failedOften }
  }
  if (!before?.proven) return standing(found)
  if (failed && before.status === 'unhealthy') return standing('unhealthy')
  if (failed) return standing(failuresInRow >= thresholds.failures ? 'unhealthy' : 'degraded')
  if (before.status === 'unhealthy' && successesInRow < thresholds.successes) return standing('unhealthy')
  return standing(found)
}

/** Why a check does not stand as its last run found it; undefined where it does. */
export function reservation(
  { status, failuresInRow, successesInRow }: Standing,
  found: HealthStatus,
  { failures, successes }: Thresholds,
): string | undefined {
  if (status === found) return undefined
  return found === 'unhealthy'
    ? `unhealthy after ${failures} failures in a row, so far ${failuresInRow}`
    : `healthy again after ${successes} successes in a row, so far ${successesInRow}`
}
