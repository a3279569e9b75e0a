import type { CustomRule } from '@tocsin/contract'
import { parseTemplate } from '@tocsin/templates'
import { readAdditions } from './additions/read-additions.ts'
import { compileExpression } from './compile-expression.ts'
import { parseRuleDuration } from './duration.ts'
import type { AlertingRule, NamedTemplate } from './rule.ts'
import { RuleError } from './rule-error.ts'
import { isLabelName } from './rule-names.ts'

/** Makes an alerting rule of the argument of `addCustomRule()`. @throws RuleError with every fault */
export function compileCustomRule(rule: CustomRule): AlertingRule {
  const reasons: string[] = []
  const attempt = <T>(what: string, work: () => T): T | undefined => {
    try {
      return work()
    } catch (error) {
      reasons.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }
  const templates = (kind: string, texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).flatMap(([name, text]): NamedTemplate[] => {
      if (!isLabelName(name)) reasons.push(`invalid ${kind} name: ${JSON.stringify(name)}`)
      const template = attempt(`${kind} ${JSON.stringify(name)}`, () =>
        parseTemplate(text, `__alert_${rule.name}`),
      )
      return template ? [{ name, text, template }] : []
    })
  const query = attempt('could not parse expression', () => compileExpression(rule.expression))
  const forMs = attempt('for', () => parseRuleDuration(rule.for ?? '0')) ?? 0
  const keepFiringForMs = attempt('keepFiringFor', () => parseRuleDuration(rule.keepFiringFor ?? '0')) ?? 0
  const labels = templates('label', { ...rule.labels, severity: rule.severity })
  const annotations = templates('annotation', rule.annotations ?? {})
  const additions =
    query && readAdditions(rule, query, (addition, reason) => reasons.push(`${addition}: ${reason}`))
  if (!query || reasons.length > 0) {
    const where = `rule ${JSON.stringify(rule.name)}`
    const faults = reasons.map((reason) => ({ line: 0, column: 0, where, reason }))
    throw new RuleError('invalid_rules', 'custom', faults)
  }
  const compiled = {
    kind: 'alerting',
    name: rule.name,
    query,
    forMs,
    keepFiringForMs,
    labels,
    annotations,
  } as const
  return additions ? { ...compiled, additions } : compiled
}
