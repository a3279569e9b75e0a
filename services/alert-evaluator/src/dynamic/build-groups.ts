import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  dynamicGroup,
  operationRules,
  type Rule,
  type RuleGroup,
  type RuleText,
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
): (records: DynamicRecords) => Promise<readonly RuleGroup[]> {
  let known = new Map<string, readonly Rule[]>()
  const operationSurroundings = { windowMs: env.DYNAMIC_ALERTS_WINDOW, runbooksURL }
  const spanSurroundings = {
    holdMs: env.DYNAMIC_ALERTS_SPAN_HOLD,
    runbooksURL,
    traceURL: env.TRACE_URL_TEMPLATE,
  }

  function textsOf(service: string, records: DynamicRecords): readonly (readonly RuleText[])[] {
    const { operations, spanAlerts } = records.record(service)
    const settings = records.settings(service)
    if (settings.enabled === false) return []
    const ofOperations = operations.flatMap((record) => {
      const thresholds = chooseThresholds(record, settings, env)
      return thresholds.enabled
        ? [operationRules({ ...record, service }, thresholds, operationSurroundings)]
        : []
    })
    const ofSpans =
      settings.spans === false
        ? []
        : spanAlerts.map((alert) => [spanAlertRule(service, alert, spanSurroundings)])
    return [...ofOperations, ...ofSpans]
  }

  return async (records) => {
    const next = new Map<string, readonly Rule[]>()
    const groups: RuleGroup[] = []
    for (const service of records.services()) {
      const rules: Rule[] = []
      for (const texts of textsOf(service, records)) {
        const key = JSON.stringify(texts)
        let read = known.get(key)
        if (!read) {
          // Compiling takes a millisecond: others get their turn in between.
          await nextTurn()
          read = readRules(texts)
        }
        next.set(key, read)
        rules.push(...read)
      }
      if (rules.length > 0) groups.push(dynamicGroup(service, rules))
    }
    known = next
    return groups
  }
}
