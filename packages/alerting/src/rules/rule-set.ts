import { fingerprint } from '@tocsin/contract'
import type { Origin, Rule, RuleGroup } from '@tocsin/rules'

/** What names a rule, also after it is gone. */
export interface RuleRef {
  /** `<group>.<rule>`, 16 hexadecimal digits each: the same after a restart, and after a change of its expression. */
  readonly id: string
  readonly name: string
  readonly group: string
  readonly file: string
  readonly origin: Origin
}

/** A rule in its place. */
export interface PlacedRule {
  readonly id: string
  readonly ref: RuleRef
  readonly rule: Rule
  readonly group: PlacedGroup
}

export interface PlacedGroup extends Omit<RuleGroup, 'rules'> {
  readonly id: string
  readonly rules: readonly PlacedRule[]
  /** How often it is evaluated beside its events. Milliseconds. */
  readonly everyMs: number
}

/** All rules at one moment. */
export interface RuleSet {
  readonly groups: readonly PlacedGroup[]
  readonly rules: ReadonlyMap<string, PlacedRule>
}

export interface PlacingOptions {
  readonly intervalMs: number
  /** How a group's file is named in its identity, so that moving the rules folder keeps the alerts' state. */
  readonly fileKey?: (group: RuleGroup) => string
}

/** A group's identity, wherever it is not placed yet. */
export function groupId({ origin, file, name }: Pick<RuleGroup, 'origin' | 'file' | 'name'>): string {
  return fingerprint({ origin, file, group: name })
}

/** Gives every rule its identity: from its origin, file, group, name and labels, not from its expression. */
export function placeRules(groups: readonly RuleGroup[], options: PlacingOptions): RuleSet {
  const { intervalMs, fileKey = (group) => group.file } = options
  const rules = new Map<string, PlacedRule>()
  const placed = groups.map((group): PlacedGroup => {
    const id = groupId({ ...group, file: fileKey(group) })
    const own: PlacedRule[] = []
    const result: PlacedGroup = { ...group, id, rules: own, everyMs: group.intervalMs ?? intervalMs }
    const occurrences = new Map<string, number>()
    for (const rule of group.rules) {
      const labels =
        rule.kind === 'recording' ? rule.labels : Object.fromEntries(rule.labels.map((l) => [l.name, l.text]))
      const name = JSON.stringify([rule.kind, rule.name, Object.entries(labels).sort()])
      const occurrence = (occurrences.get(name) ?? 0) + 1
      occurrences.set(name, occurrence)
      const ruleId = `${id}.${fingerprint({ name, occurrence: String(occurrence) })}`
      const { file, origin } = group
      const ref = { id: ruleId, name: rule.name, group: group.name, file, origin }
      const placedRule = { id: ruleId, ref, rule, group: result }
      own.push(placedRule)
      rules.set(placedRule.id, placedRule)
    }
    return result
  })
  return { groups: placed, rules }
}
