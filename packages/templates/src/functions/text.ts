import { ANY, STRING } from '../values/params.ts'
import type { Value } from '../values/value.ts'
import type { FunctionSet, TemplateFunction } from './dialect.ts'
import { costOfRegex, expandRegex, matchRegex } from './go-regex.ts'
import { humanizeDuration } from './humanize.ts'
import { toNumber } from './to-number.ts'

/** Of a function that takes one text. */
export function ofText<Context>(apply: (text: string, context: Context) => Value): TemplateFunction<Context> {
  return { params: [STRING], call: ([value], context) => apply(value as string, context) }
}

/** Of a function that takes one number, given as a number or as text. */
export function ofNumber<Context>(
  apply: (value: number, context: Context) => Value,
): TemplateFunction<Context> {
  return { params: [ANY], call: ([value], context) => apply(toNumber(value), context) }
}

/** What Prometheus and Alertmanager both have. */
export const textFunctions: FunctionSet<unknown> = {
  toUpper: ofText((text) => text.toUpperCase()),
  toLower: ofText((text) => text.toLowerCase()),
  humanizeDuration: ofNumber(humanizeDuration),
  match: {
    params: [STRING, STRING],
    cost: ([pattern, text]) => costOfRegex(pattern as string, text as string),
    call: ([pattern, text]) => matchRegex(pattern as string, text as string),
  },
  reReplaceAll: {
    params: [STRING, STRING, STRING],
    cost: ([pattern, , text]) => 8 * costOfRegex(pattern as string, text as string),
    call: ([pattern, by, text]) => expandRegex(pattern as string, by as string, text as string),
  },
}
