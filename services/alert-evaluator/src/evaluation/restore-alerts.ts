import type { Alert, Engine, RuleRef } from '@tocsin/alerting'
import { type AlertRecord, alertOfRecord } from '../alerts/alert-record.ts'
import type { StoredRecord } from '../state/alert-bucket.ts'

/** Alerts whose rule is not known, by rule. */
export type Orphans = Map<string, { readonly rule: RuleRef; readonly alerts: ReadonlyMap<string, Alert> }>

/**
 * Gives the engine the alerts that were stored; answers those without a rule.
 * @param forgetSequences the stream was made anew: the sequences that alerts carry mean nothing in it
 */
export function restoreAlerts(
  engine: Pick<Engine, 'restore'>,
  stored: readonly StoredRecord[],
  forgetSequences: boolean,
): Orphans {
  const byRule = new Map<string, { rule: RuleRef; alerts: Map<string, Alert> }>()
  for (const { record } of stored) {
    const { rule } = record
    const entry = byRule.get(rule.id) ?? { rule, alerts: new Map() }
    byRule.set(rule.id, entry)
    const alert = alertOf(record, forgetSequences)
    entry.alerts.set(alert.fingerprint, alert)
  }
  adopt(engine, byRule)
  return byRule
}

/** Gives the engine the orphans whose rule it knows by now. */
export function adopt(engine: Pick<Engine, 'restore'>, orphans: Orphans): void {
  for (const [id, { alerts }] of orphans) if (engine.restore(id, alerts)) orphans.delete(id)
}

function alertOf(record: AlertRecord, forgetSequences: boolean): Alert {
  const alert = alertOfRecord(record)
  return forgetSequences ? { ...alert, sequence: 0 } : alert
}
