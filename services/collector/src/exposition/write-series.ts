import type { Labels } from '@tocsin/contract'
import type { FamilyType } from './family.ts'

/** How one series is written, and where it stands among the series of its histogram. */
export interface WrittenSeries {
  /** `name{label="value"}`, escaped. */
  readonly text: string
  /** Of a histogram's series the labels without `le`: equal for all series of one histogram. */
  readonly group: string
  /** The bucket's upper bound; NaN when the series is no bucket. */
  readonly bound: number
}

/** Writes a series' name and labels. A label `__name__` is left out. */
export function writeSeries(name: string, labels: Labels, type: FamilyType): WrittenSeries {
  const grouped = type === 'histogram'
  let group = ''
  let all = ''
  for (const label in labels) {
    const value = labels[label]
    // An empty value is the same as no label, and is not written.
    if (label === '__name__' || value === undefined || value === '') continue
    const pair = `${label}="${escapeLabelValue(value)}"`
    all += all === '' ? pair : `,${pair}`
    if (grouped && label !== 'le') group += group === '' ? pair : `,${pair}`
  }
  const text = all === '' ? name : `${name}{${all}}`
  return { text, group, bound: grouped ? parseBound(labels['le']) : Number.NaN }
}

function parseBound(le: string | undefined): number {
  if (le === undefined) return Number.NaN
  return le === '+Inf' ? Infinity : Number(le)
}

const LABEL_ESCAPES = /[\\\n"]/

/** Escapes a label's value; the same in both formats. */
function escapeLabelValue(value: string): string {
  if (!LABEL_ESCAPES.test(value)) return value
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}

/** Escapes the text of `# HELP`; OpenMetrics escapes quotes as well. */
export function escapeHelp(help: string, kind: 'text' | 'openmetrics'): string {
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return kind === 'openmetrics' ? escaped.replaceAll('"', '\\"') : escaped
}
