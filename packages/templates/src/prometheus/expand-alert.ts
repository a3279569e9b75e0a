import { executeTemplate } from '../execute/execute.ts'
import { plainOutput } from '../execute/output.ts'
import type { Template } from '../syntax/ast.ts'
import { parseText } from '../syntax/parse.ts'
import { labelMap } from '../values/value.ts'
import { ruleDialect, type TemplateContext } from './functions.ts'

/** What an alert's labels and annotations are expanded with. */
export interface AlertData {
  readonly labels: Readonly<Record<string, string>>
  readonly externalLabels: Readonly<Record<string, string>>
  readonly value: number
}

// A loop over a large query stays harmless.
const LIMITS = { steps: 100_000, characters: 64 * 1024, depth: 50 }

/**
 * Parses a template of a rule's label or annotation.
 * @param name stands in its error messages
 * @throws TemplateError with code `parse`
 */
export function parseTemplate(text: string, name: string): Template {
  return parseText(text, name, ruleDialect)
}

/**
 * Expands a template for one alert.
 * @throws TemplateError with code `execute`, its message as Go words it
 */
export function expandTemplate(template: Template, data: AlertData, context: TemplateContext): string {
  const only = template.body[0]
  if (template.body.length === 0) return ''
  if (template.body.length === 1 && only?.kind === 'text') return only.text
  const labels = labelMap(data.labels)
  const externalLabels = labelMap(data.externalLabels)
  const { externalURL } = context
  return executeTemplate({
    main: template,
    defined: template.defined,
    dialect: ruleDialect,
    context,
    dot: {
      kind: 'struct',
      type: 'template data',
      fields: { Labels: labels, ExternalLabels: externalLabels, ExternalURL: externalURL, Value: data.value },
    },
    variables: {
      $labels: labels,
      $externalLabels: externalLabels,
      $externalURL: externalURL,
      $value: data.value,
    },
    limits: LIMITS,
    output: plainOutput,
  })
}
