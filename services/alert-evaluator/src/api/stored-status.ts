import { type Alert, createRuleStatus, type Engine, type RuleStatus } from '@tocsin/alerting'

/** Statuses of rules that are evaluated elsewhere: their alerts as they were stored, and nothing else. */
export function createStoredStatus(): Pick<Engine, 'status' | 'restore'> {
  const alertsOf = new Map<string, ReadonlyMap<string, Alert>>()
  return {
    status: (id): RuleStatus => ({ ...createRuleStatus(), alerts: alertsOf.get(id) ?? new Map() }),
    restore(id, alerts) {
      alertsOf.set(id, alerts)
      return true
    },
  }
}
