import type { Series } from '@tocsin/tsdb'
import type { Alert } from '../alerts/alert.ts'

/** What is known of one rule beside its definition. */
export interface RuleStatus {
  alerts: ReadonlyMap<string, Alert>
  health: 'unknown' | 'ok' | 'err'
  lastError: string | undefined
  /** Milliseconds since the epoch; undefined before the first. */
  lastEvaluationMs: number | undefined
  /** How long the last evaluation took. Seconds. */
  evaluationSeconds: number
  /** When it must be evaluated again for its own alerts' sake. */
  deadlineMs: number | undefined
  /** The series that its last evaluation wrote, by their labels' key. */
  written: ReadonlyMap<string, Series>
}

export function createRuleStatus(): RuleStatus {
  return {
    alerts: new Map(),
    health: 'unknown',
    lastError: undefined,
    lastEvaluationMs: undefined,
    evaluationSeconds: 0,
    deadlineMs: undefined,
    written: new Map(),
  }
}
