import type { Limits } from '../execute/budget.ts'
import { executeTemplate } from '../execute/execute.ts'
import { type Output, plainOutput } from '../execute/output.ts'
import { createHtmlOutput } from '../html/html-output.ts'
import type { Definition, Definitions, Template } from '../syntax/ast.ts'
import { callsOf } from '../syntax/calls-of.ts'
import { isEmptyBlock } from '../syntax/is-empty-block.ts'
import { parseText } from '../syntax/parse.ts'
import { placeOf, TemplateError } from '../template-error.ts'
import { notificationDialect } from './functions.ts'
import { dataValue, type TemplateData } from './template-data.ts'

/** The text of a template file; its name stands in messages, and names the file itself as a template. */
export interface TemplateSource {
  readonly name: string
  readonly text: string
}

/** Renders the texts of notifications. A source is a template such as `{{ template "slack.default.title" . }}`. */
export interface NotificationTemplates {
  /** As `text/template`. @throws TemplateError */
  text(source: string, data: TemplateData): string
  /** As `html/template`: values are escaped for where they stand. @throws TemplateError */
  html(source: string, data: TemplateData): string
  /** Parses without rendering; templates that it calls must exist. @throws TemplateError with code `parse` */
  check(source: string): void
  /** The templates that a source may call. */
  readonly names: readonly string[]
}

// Room for a mail of thousands of alerts. A template that wants more ends with an error, in well under a second.
const LIMITS: Limits = { steps: 500_000, characters: 4 * 1024 * 1024, depth: 100 }

// The texts of a configuration are few and come again with every notification.
const MOST_PARSED = 500

/**
 * Reads templates as Alertmanager does: later files replace templates of earlier ones by their names.
 * @throws TemplateError with code `parse` for the first text that is none
 */
export function createNotificationTemplates(
  sources: readonly TemplateSource[],
  now: () => number,
): NotificationTemplates {
  const defined = new Map<string, Definition>()
  for (const { name, text } of sources) {
    const parsed = parseText(text, name, notificationDialect)
    for (const definition of [...parsed.defined.values(), parsed]) add(defined, definition)
  }
  const parsed = new Map<string, Template>()
  const parse = (source: string): Template => {
    const known = parsed.get(source)
    if (known) return known
    const template = parseText(source, '', notificationDialect)
    if (parsed.size >= MOST_PARSED) parsed.clear()
    parsed.set(source, template)
    return template
  }
  const withDefined = (main: Template): Definitions => {
    if (main.defined.size === 0) return defined
    const all = new Map(defined)
    for (const definition of main.defined.values()) add(all, definition)
    return all
  }
  const render = (source: string, data: TemplateData, output: Output) => {
    if (!source.includes('{{') && output === plainOutput) return source
    const main = parse(source)
    const all = withDefined(main)
    return executeTemplate({
      main,
      defined: all,
      dialect: notificationDialect,
      context: { nowMs: now() },
      dot: dataValue(data),
      limits: LIMITS,
      output,
    })
  }
  return {
    text: (source, data) => render(source, data, plainOutput),
    html: (source, data) => render(source, data, createHtmlOutput()),
    check(source) {
      const main = parse(source)
      checkCalls(main, withDefined(main))
    },
    names: [...defined.keys()].sort(),
  }
}

/** @throws TemplateError for a call of a template that there is not: Go finds out when it runs, which may be at night. */
function checkCalls(main: Definition, defined: Definitions): void {
  const seen = new Set<Definition>([main])
  // What is added while it is walked is walked as well.
  for (const { body, file, source } of seen)
    for (const call of callsOf(body)) {
      const called = defined.get(call.name)
      const place = `template: ${file}:${placeOf(source, call.start)}`
      if (!called) throw new TemplateError('parse', `${place}: template "${call.name}" is not defined`)
      seen.add(called)
    }
}

/** Go lets a template of nothing but space replace none that has a body. */
function add(defined: Map<string, Definition>, definition: Definition): void {
  const before = defined.get(definition.name)
  if (before && isEmptyBlock(definition.body) && !isEmptyBlock(before.body)) return
  if (definition.name !== '') defined.set(definition.name, definition)
}
