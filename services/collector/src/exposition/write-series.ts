import type { Labels } from '@tocsin/contract'

/** How one series is written, and where it stands among the series of its histogram. */
export interface WrittenSeries {
  readonly name: string
  /** `name{label="value"}`, escaped. */
  readonly text: string
  /** The labels without `le`, as one string: equal for all series of one histogram. */
  readonly group: string
  /** The bucket's upper bound; NaN when the series is no bucket. */
  readonly bound: number
}

// Label objects live as long as their series and are never changed, so what is written for them stays right.
const written = new WeakMap<Labels, WrittenSeries>()

/** Writes a series' name and labels once, and remembers it for as long as the label object lives. */
export function writeSeries(name: string, labels: Labels): WrittenSeries {
  const known = written.get(labels)
  if (known?.name === name) return known
  const series = describe(name, labels)
  written.set(labels, series)
  return series
}

function describe(name: string, labels: Labels): WrittenSeries {
  let group = ''
  let all = ''
  for (const label in labels) {
    const value = labels[label]
    // An empty value is the same as no label, and is not written.
    if (label === '__name__' || value === undefined || value === '') continue
    const pair = `${label}="${escapeLabelValue(value)}"`
    all += all === '' ? pair : `,${pair}`
    if (label !== 'le') group += group === '' ? pair : `,${pair}`
  }
  const text = all === '' ? name : `${name}{${all}}`
  return { name, text, group, bound: parseBound(labels['le']) }
}

function parseBound(le: string | undefined): number {
  if (le === undefined) return Number.NaN
  return le === '+Inf' ? Infinity : Number(le)
}

const LABEL_ESCAPES = /[\\\n"]/

/** Escapes a label's value; the same in both formats. */
export function escapeLabelValue(value: string): string {
  if (!LABEL_ESCAPES.test(value)) return value
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}

/** Escapes the text of `# HELP`; OpenMetrics escapes quotes as well. */
export function escapeHelp(help: string, kind: 'text' | 'openmetrics'): string {
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return kind === 'openmetrics' ? escaped.replaceAll('"', '\\"') : escaped
}
