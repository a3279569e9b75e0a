import type { Alert } from '../alerts/alert.ts'
import type { Written } from './write-series.ts'

/** What is known of one rule beside its definition. */
export interface RuleStatus {
  alerts: ReadonlyMap<string, Alert>
  health: 'unknown' | 'ok' | 'err'
  lastError: string | undefined
  /** Milliseconds since the epoch; undefined before the first. */
  lastEvaluationMs: number | undefined
  /** How long the last evaluation took. Seconds. */
  evaluationSeconds: number
  /** Until when samples do not have it evaluated again, since it takes long. In the monotonic clock's milliseconds. */
  restsUntil: number
  /** When it must be evaluated again for its own alerts' sake. */
  deadlineMs: number | undefined
  /** What its last evaluation wrote. */
  written: Written
}

export function createRuleStatus(): RuleStatus {
  return {
    alerts: new Map(),
    health: 'unknown',
    lastError: undefined,
    lastEvaluationMs: undefined,
    evaluationSeconds: 0,
    restsUntil: 0,
    deadlineMs: undefined,
    written: new Map(),
  }
}
