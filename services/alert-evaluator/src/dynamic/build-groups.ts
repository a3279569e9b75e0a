import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DynamicAlertSettings } from '@tocsin/contract'
import {
  dynamicGroup,
  operationRules,
  type Rule,
  type RuleGroup,
  type RuleText,
  readRules,
  SPAN_ALERT,
  spanAlertRule,
} from '@tocsin/rules'
import { chooseThresholds } from './choose-thresholds.ts'
import type { DynamicEnv } from './dynamic-env.ts'
import type { DynamicRecords } from './follow-records.ts'
import type { ServiceRecord } from './service-record.ts'

/** A service's group as it was made, and of what. */
interface Made {
  readonly record: ServiceRecord
  readonly settings: DynamicAlertSettings
  readonly group: RuleGroup
}

/**
 * Makes the rules of every service. What is known of a service and has not changed is not looked at again, and a rule whose
 * text is the same stays the same object, so that it is not evaluated anew.
 */
export function createGroupBuilder(
  env: DynamicEnv,
  runbooksURL: string,
): (records: DynamicRecords) => Promise<readonly RuleGroup[]> {
  let made = new Map<string, Made>()
  const known = new Map<string, ReadonlyMap<string, readonly Rule[]>>()
  const operationSurroundings = { windowMs: env.DYNAMIC_ALERTS_WINDOW, runbooksURL }
  const spanSurroundings = {
    holdMs: env.DYNAMIC_ALERTS_SPAN_HOLD,
    runbooksURL,
    traceURL: env.TRACE_URL_TEMPLATE,
  }

  function textsOf(record: ServiceRecord, settings: DynamicAlertSettings): readonly (readonly RuleText[])[] {
    if (settings.enabled === false) return []
    const { service } = record
    const ofOperations = record.operations.flatMap((operation) => {
      const thresholds = chooseThresholds(operation, settings, env)
      return thresholds.enabled
        ? [operationRules({ ...operation, service }, thresholds, operationSurroundings)]
        : []
    })
    // The usual one is there before a span asks for it.
    const names = settings.spans === false ? [] : new Set([SPAN_ALERT, ...record.spanAlerts])
    return [...ofOperations, ...Array.from(names, (name) => [spanAlertRule(service, name, spanSurroundings)])]
  }

  /** Compiling takes a millisecond: others get their turn in between. */
  async function readAll(service: string, all: ReturnType<typeof textsOf>): Promise<readonly Rule[]> {
    const before = known.get(service)
    const read = new Map<string, readonly Rule[]>()
    for (const texts of all) {
      const key = JSON.stringify(texts)
      const rules = before?.get(key)
      if (!rules) await nextTurn()
      read.set(key, rules ?? readRules(texts))
    }
    known.set(service, read)
    return [...read.values()].flat()
  }

  return async (records) => {
    const next = new Map<string, Made>()
    for (const service of records.services()) {
      const [record, settings] = [records.record(service), records.settings(service)]
      const before = made.get(service)
      const isSame = before?.record === record && before.settings === settings
      const group = isSame
        ? before.group
        : dynamicGroup(service, await readAll(service, textsOf(record, settings)))
      next.set(service, { record, settings, group })
    }
    made = next
    for (const service of known.keys()) if (!next.has(service)) known.delete(service)
    return [...next.values()].flatMap(({ group }) => (group.rules.length > 0 ? [group] : []))
  }
}
