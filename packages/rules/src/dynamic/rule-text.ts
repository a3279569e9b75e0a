import { parseRuleFile } from '../parse-rule-file.ts'
import type { Rule, RuleGroup } from '../rule.ts'

/** A rule as a Prometheus rule file has it. */
export interface RuleText {
  readonly alert: string
  readonly expr: string
  readonly keep_firing_for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** The file of all dynamic groups, as the API names it. */
const FILE = 'dynamic'

/** The group of a service's dynamic rules. */
export function dynamicGroup(service: string, rules: readonly Rule[]): RuleGroup {
  return {
    name: `dynamic/${service}`,
    file: FILE,
    origin: 'dynamic',
    intervalMs: undefined,
    limit: 0,
    queryOffsetMs: 0,
    rules,
  }
}

/** Reads rules as if they stood in a file: what is written by a program is held to the same. @throws RuleError */
export function readRules(rules: readonly RuleText[]): readonly Rule[] {
  return parseRuleFile(FILE, writeRules(FILE, rules), 'dynamic').flatMap((group) => group.rules)
}

/** A rule file of one group. JSON is YAML. */
export function writeRules(group: string, rules: readonly RuleText[]): string {
  return JSON.stringify({ groups: [{ name: group, rules }] })
}

/** A text as a label matcher of PromQL compares with. */
export function quoted(text: string): string {
  return JSON.stringify(text)
}

/** A text that a template shows as it is. */
export function verbatim(text: string): string {
  return text.replaceAll('{{', '{{"{{"}}')
}
