import type { NameChecks } from './check-names.ts'
import type { LabelTexts } from './label-texts.ts'
import type { Refusal, RefusalReason } from './refusals.ts'

/** A series as the contract has it; the labels as a JSON object. */
export interface LabelSet {
  readonly name: string
  readonly labels: string
  readonly refusal?: undefined
}

export type LabelReading = LabelSet | { readonly refusal: Refusal }

/** Reads label sets by the contract's rules and the protocol's: sorted by name, none twice, with a name. */
export type ReadLabelSet = (texts: LabelTexts) => LabelReading

/** So that one series never fills a message. Characters of JSON. */
const MOST_CHARACTERS = 64 * 1024
const MOST_SHOWN = 200

export function createLabelSetReader(checks: NameChecks): ReadLabelSet {
  const { metricFault, labelFault, valueFault } = checks

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
      if (fault !== undefined)
        return refuse(
          name.startsWith('__') ? 'reserved_label' : 'invalid_label',
          `the label ${show(name)}: ${fault}; rename or drop it with write_relabel_configs`,
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
