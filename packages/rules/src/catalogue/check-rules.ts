import type { AlertingRule, RuleGroup } from '../rule.ts'
import type { Place } from '../yaml-reader.ts'
import { checkExpression, type UseFault } from './check-expression.ts'
import type { KnownMetrics, LabelNames } from './known-metrics.ts'

/** A fault of a rule, by its group and name; where its expression stands, if it is known. */
export interface RuleUseFault extends UseFault {
  readonly file: string
  readonly group: string
  readonly rule: string
  readonly place: Place | undefined
}

/**
 * Checks what rules ask for, the labels that their texts show, and what their texts look up. What an earlier rule
 * records, a later one may read.
 */
export function checkRules(groups: readonly RuleGroup[], known: KnownMetrics): readonly RuleUseFault[] {
  const all = new Map(known)
  return groups.flatMap((group) =>
    group.rules.flatMap((rule) => {
      const { faults, labels } = checkExpression(rule.query.text, all)
      const found = [...faults]
      if (rule.kind === 'alerting') found.push(...textFaults(rule, labels, all))
      else all.set(rule.name, labels && new Set([...labels, ...Object.keys(rule.labels)]))
      return found.map((fault) => ({
        file: group.file,
        group: group.name,
        rule: rule.name,
        place: rule.place,
        ...fault,
      }))
    }),
  )
}

const LABEL_SHOWN = /\$labels\.([a-zA-Z_][a-zA-Z0-9_]*)/g
/** `query "…"`, or `query (printf "…" …)`. */
const LOOKED_UP = /\bquery\s+(?:\(\s*printf\s+)?("(?:[^"\\]|\\.)*"|`[^`]*`)/g

function textFaults(rule: AlertingRule, labels: LabelNames, known: KnownMetrics): readonly UseFault[] {
  return [...rule.labels, ...rule.annotations].flatMap(({ name, text }) => {
    const missing = [...text.matchAll(LABEL_SHOWN)]
      .filter(([, label = '']) => labels && !labels.has(label))
      .map(([shown]) => ({ text: `${name}: ${shown}`, reason: 'the alert has no such label' }))
    const lookedUp = [...text.matchAll(LOOKED_UP)].flatMap(
      ([, literal = '']) => checkExpression(withoutVerbs(literal), known).faults,
    )
    return [...missing, ...lookedUp]
  })
}

/** The text of a Go literal with something in the place of each verb of `printf`. */
function withoutVerbs(literal: string): string {
  const text: string = literal.startsWith('`') ? literal.slice(1, -1) : JSON.parse(literal)
  return text.replaceAll('%q', '"x"').replaceAll(/%[svdfg]/g, '1')
}
