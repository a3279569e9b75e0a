import type { Labels } from '../storage.ts'
import { quote } from '../syntax/strings.ts'

export const METRIC_NAME = '__name__'
export const NO_LABELS: Labels = Object.freeze(emptyLabels())

/** Labels have no prototype: `constructor` is a label name like any other. */
function emptyLabels(): Record<string, string> {
  return Object.create(null) as Record<string, string>
}

/** A label's value; the empty string when it is absent. */
export function labelValue(labels: Labels, name: string): string {
  const value: unknown = labels[name]
  return typeof value === 'string' ? value : ''
}

const keys = new WeakMap<Labels, string>()

/** A text that two label sets share exactly when they are equal; it sorts as the labels do. */
export function labelsKey(labels: Labels): string {
  const cached = keys.get(labels)
  if (cached !== undefined) return cached
  let key = ''
  for (const name of Object.keys(labels).sort()) {
    const value = labelValue(labels, name)
    if (value !== '') key += `${keyPart(name)}\u0000${keyPart(value)}\u0000`
  }
  keys.set(labels, key)
  return key
}

/** A text that two label sets share exactly when the named labels are equal. */
export function keyOf(labels: Labels, names: readonly string[]): string {
  let key = ''
  for (const name of names) key += `${keyPart(labelValue(labels, name))}\u0000`
  return key
}

function keyPart(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they separate the parts, so parts must not hold them
  if (!/[\u0000\u0001]/.test(text)) return text
  return text.replaceAll('\u0001', '\u0001\u0001').replaceAll('\u0000', '\u0001\u0002')
}

const nameless = new WeakMap<Labels, Labels>()

/** The labels without the metric name; the same object for the same labels object. */
export function dropMetricName(labels: Labels): Labels {
  if (labelValue(labels, METRIC_NAME) === '') return labels
  const cached = nameless.get(labels)
  if (cached) return cached
  const dropped = omitLabels(labels, [METRIC_NAME])
  nameless.set(labels, dropped)
  return dropped
}

export function pickLabels(labels: Labels, names: readonly string[]): Labels {
  const picked = emptyLabels()
  for (const name of names) {
    const value = labelValue(labels, name)
    if (value !== '') picked[name] = value
  }
  return picked
}

export function omitLabels(labels: Labels, names: readonly string[]): Labels {
  const kept = emptyLabels()
  for (const name of Object.keys(labels)) {
    if (!names.includes(name)) kept[name] = labelValue(labels, name)
  }
  return kept
}

/** The labels with some of them set; an empty value removes the label. */
export function setLabels(labels: Labels, changes: Iterable<readonly [name: string, value: string]>): Labels {
  const changed = Object.assign(emptyLabels(), labels)
  for (const [name, value] of changes) {
    if (value === '') delete changed[name]
    else changed[name] = value
  }
  return changed
}

/** Labels as Prometheus prints them: `{__name__="up", job="api"}`. */
export function formatLabels(labels: Labels): string {
  const pairs = Object.keys(labels)
    .filter((name) => labelValue(labels, name) !== '')
    .sort()
    .map((name) => `${/^[a-zA-Z_]\w*$/.test(name) ? name : quote(name)}=${quote(labelValue(labels, name))}`)
  return `{${pairs.join(', ')}}`
}
