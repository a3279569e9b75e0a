import { parseTemplate } from '@tocsin/templates'
import type { Node as YamlNode } from 'yaml'
import { takeAdditions } from './additions/take-additions.ts'
import { type Compiled, compileExpression } from './compile-expression.ts'
import { parseRuleDuration } from './duration.ts'
import type { NamedTemplate, Rule } from './rule.ts'
import { isLabelName, isMetricName } from './rule-names.ts'
import type { Field, YamlReader } from './yaml-reader.ts'

type NamedText = Field & { readonly name: string; readonly text: string }

export interface RulePlace {
  readonly group: string
  /** Counted from 1. */
  readonly index: number
  /** The group's labels. */
  readonly labels: readonly NamedText[]
}

const RULE_FIELDS = ['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'] as const

/** Reads one rule; its faults are left with the reader. */
export function parseRule(yaml: YamlReader, node: YamlNode | null, place: RulePlace): Rule | undefined {
  const outer = `group ${JSON.stringify(place.group)}, rule ${place.index}`
  const fields = yaml.fields(node, outer, RULE_FIELDS)
  if (!fields) return undefined
  const alert = yaml.text(fields.alert, outer)
  const record = yaml.text(fields.record, outer)
  const name = alert ?? record ?? ''
  const where = `${outer}, ${JSON.stringify(name)}`
  const fault = (field: Field | undefined, reason: string) => yaml.fault(field?.value ?? node, where, reason)

  if (alert !== undefined && record !== undefined)
    fault(fields.record, "only one of 'record' and 'alert' must be set")
  if (name === '') fault(undefined, "one of 'record' or 'alert' must be set")
  const query = readExpression(yaml.text(fields.expr, where), (reason) => fault(fields.expr, reason))
  const exprPlace = yaml.place(fields.expr?.value ?? node)
  const own = yaml.texts(fields.labels, where)
  for (const { name: label, key } of own)
    if (!isLabelName(label)) yaml.fault(key, where, `invalid label name: ${JSON.stringify(label)}`)
  const labels = [...place.labels.filter((l) => !own.some((o) => o.name === l.name)), ...own]

  if (record !== undefined) {
    if (!isMetricName(record)) fault(fields.record, `invalid recording rule name: ${JSON.stringify(record)}`)
    for (const field of ['for', 'keep_firing_for', 'annotations'] as const)
      if (fields[field]) fault(fields[field], `invalid field '${field}' in recording rule`)
    const texts = Object.fromEntries(labels.map((l) => [l.name, l.text]))
    return query && { kind: 'recording', name, query, labels: texts, place: exprPlace }
  }
  const { shown: annotations, additionsTo } = takeAdditions(
    yaml.texts(fields.annotations, where),
    where,
    yaml,
  )
  for (const { name: annotation, key } of annotations)
    if (!isLabelName(annotation))
      yaml.fault(key, where, `invalid annotation name: ${JSON.stringify(annotation)}`)
  const duration = (field: 'for' | 'keep_firing_for') =>
    attempt(
      () => parseRuleDuration(yaml.text(fields[field], where) ?? '0'),
      (reason) => fault(fields[field], `${field}: ${reason}`),
    ) ?? 0
  const templates = (texts: readonly NamedText[], kind: string) =>
    texts.flatMap(({ name: key, text, value }): NamedTemplate[] => {
      const template = attempt(
        () => parseTemplate(text, `__alert_${name}`),
        (reason) => yaml.fault(value ?? node, where, `${kind} ${JSON.stringify(key)}: ${reason}`),
      )
      return template ? [{ name: key, text, template }] : []
    })
  const expanded = { labels: templates(labels, 'label'), annotations: templates(annotations, 'annotation') }
  const forMs = duration('for')
  const keepFiringForMs = duration('keep_firing_for')
  if (!query) return undefined
  const additions = additionsTo(query)
  return {
    kind: 'alerting',
    name,
    query,
    forMs,
    keepFiringForMs,
    ...expanded,
    ...additions,
    place: exprPlace,
  }
}

function readExpression(text: string | undefined, fault: (reason: string) => void): Compiled | undefined {
  if (text === undefined || text === '') {
    fault("field 'expr' must be set in rule")
    return undefined
  }
  return attempt(
    () => compileExpression(text),
    (reason) => fault(`could not parse expression: ${reason}`),
  )
}

/** The result, or undefined once the reason of the failure has been told. */
function attempt<T>(work: () => T, tell: (reason: string) => void): T | undefined {
  try {
    return work()
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error))
    return undefined
  }
}
