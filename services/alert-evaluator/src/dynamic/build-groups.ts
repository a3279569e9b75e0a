import {
  dynamicGroup,
  operationRules,
  type Rule,
  type RuleGroup,
  readRules,
  spanAlertRule,
} from '@tocsin/rules'
import { chooseThresholds } from './choose-thresholds.ts'
import type { DynamicEnv } from './dynamic-env.ts'
import type { DynamicRecords } from './follow-records.ts'

/** Makes the rules of every service; a rule whose text is the same stays the same object, so that it is not evaluated anew. */
export function createGroupBuilder(
  env: DynamicEnv,
  runbooksURL: string,
): (records: DynamicRecords) => readonly RuleGroup[] {
  let known = new Map<string, readonly Rule[]>()
  const operationSurroundings = { windowMs: env.DYNAMIC_ALERTS_WINDOW, runbooksURL }
  const spanSurroundings = {
    holdMs: env.DYNAMIC_ALERTS_SPAN_HOLD,
    runbooksURL,
    traceURL: env.TRACE_URL_TEMPLATE,
  }

  return (records) => {
    const next = new Map<string, readonly Rule[]>()
    const compile = (key: string, texts: Parameters<typeof readRules>[0]) => {
      const full = `${key}\u0000${JSON.stringify(texts)}`
      const rules = known.get(full) ?? readRules(texts)
      next.set(full, rules)
      return rules
    }
    const groups = records.services().flatMap((service) => {
      const { operations, spanAlerts } = records.record(service)
      const settings = records.settings(service)
      if (settings.enabled === false) return []
      const rules = operations.flatMap((record) => {
        const thresholds = chooseThresholds(record, settings, env)
        if (!thresholds.enabled) return []
        return compile(service, operationRules({ ...record, service }, thresholds, operationSurroundings))
      })
      const ofSpans =
        settings.spans === false
          ? []
          : spanAlerts.flatMap((alert) => compile(service, [spanAlertRule(service, alert, spanSurroundings)]))
      const all = [...rules, ...ofSpans]
      return all.length === 0 ? [] : [dynamicGroup(service, all)]
    })
    known = next
    return groups
  }
}
