import { metricName, publishedLabels } from '@tocsin/contract'
import type { Refusal, RefusalReason } from './refusals.ts'

/** A series as the contract has it; the labels as a JSON object. */
export interface LabelSet {
  readonly name: string
  readonly labels: string
  readonly refusal?: undefined
}

/** Names and values of labels, in the order of the message; undefined where they are no UTF-8. */
export interface LabelTexts {
  readonly names: readonly (string | undefined)[]
  readonly values: readonly (string | undefined)[]
}

export type LabelReading = LabelSet | { readonly refusal: Refusal }

/** Reads label sets by the contract's rules and the protocol's: sorted by name, none twice, with a name. */
export type ReadLabelSet = (texts: LabelTexts) => LabelReading

/** So that one series never fills a message. Characters of JSON. */
const MOST_CHARACTERS = 64 * 1024
/** Shorter values are valid by their length alone. */
const SHORT = 256
const MOST_SHOWN = 200
const MOST_NAMES = 20_000
/** Said here too: a schema does not see the key __proto__. */
const RESERVED = 'label names that begin with __ are reserved'

export function createLabelSetReader(): ReadLabelSet {
  const metricFault = remembering((name) => metricName.safeParse(name).error?.issues[0]?.message)
  const labelFault = remembering((name) => firstMessage(publishedLabels.safeParse({ [name]: '' }).error))
  const valueFault = (value: string) =>
    value.length <= SHORT ? undefined : firstMessage(publishedLabels.safeParse({ value }).error)

  return (texts) => {
    const refuse = (reason: RefusalReason, what: string) => ({
      refusal: { reason, detail: `${showLabels(texts)}: ${what}` },
    })
    const labels: Record<string, string> = {}
    let metric = ''
    let before: string | undefined
    for (const [i, name] of texts.names.entries()) {
      const value = texts.values[i]
      if (name === undefined || value === undefined) return refuse('invalid_label', 'labels must be UTF-8')
      if (before !== undefined && name <= before)
        return name === before
          ? refuse('duplicate_label', `the label ${show(name)} is there twice`)
          : refuse(
              'unsorted_labels',
              `the label ${show(name)} stands behind ${show(before)}: sort labels by name`,
            )
      before = name
      // A label without a value is the same as none.
      if (value === '') continue
      if (name === '__name__') {
        metric = value
        continue
      }
      const fault = labelFault(name) ?? valueFault(value)
      if (fault !== undefined || name.startsWith('__'))
        return refuse(
          name.startsWith('__') ? 'reserved_label' : 'invalid_label',
          `the label ${show(name)}: ${fault ?? RESERVED}; rename or drop it with write_relabel_configs`,
        )
      labels[name] = value
    }
    if (metric === '') return refuse('missing_name', 'a series has its name in the label __name__')
    const fault = metricFault(metric)
    if (fault !== undefined)
      return refuse('invalid_name', `${show(metric)}: ${fault}; rename it with write_relabel_configs`)
    const json = JSON.stringify(labels)
    return json.length <= MOST_CHARACTERS
      ? { name: metric, labels: json }
      : refuse('invalid_label', `all labels together have over ${MOST_CHARACTERS} characters: drop some`)
  }
}

/** A label set in words, cut where it is long. */
function showLabels({ names, values }: LabelTexts): string {
  const pairs: string[] = []
  let metric = ''
  for (const [i, name = '\uFFFD'] of names.entries()) {
    const value = values[i] ?? '\uFFFD'
    if (name === '__name__') metric = value
    else pairs.push(`${name}=${JSON.stringify(value)}`)
    if (i > 20) break
  }
  return cut(`${metric}{${pairs.join(',')}}`)
}

function show(text: string): string {
  return JSON.stringify(cut(text))
}

function cut(text: string): string {
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}…`
}

/** What a schema says of a text is looked up once: names are few, and each comes with thousands of series. */
function remembering(faultOf: (text: string) => string | undefined): (text: string) => string | undefined {
  const known = new Map<string, string | undefined>()
  return (text) => {
    if (known.has(text)) return known.get(text)
    const fault = faultOf(text)
    if (known.size >= MOST_NAMES) known.clear()
    known.set(text, fault)
    return fault
  }
}

interface SchemaError {
  readonly issues: readonly { readonly message: string; readonly issues?: unknown }[]
}

/** The first thing that a schema says; of a key, what is wrong with it. */
function firstMessage(error: SchemaError | undefined): string | undefined {
  const issue = error?.issues[0]
  if (!issue) return undefined
  const [nested] = Array.isArray(issue.issues) ? (issue.issues as SchemaError['issues']) : []
  return nested?.message ?? issue.message
}
