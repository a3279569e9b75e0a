import type { Labels } from '../storage.ts'
import { quote } from '../syntax/strings.ts'

export const METRIC_NAME = '__name__'
export const NO_LABELS: Labels = Object.freeze({})

/** Adds a label to a label set that is being made. */
function put(labels: Record<string, string>, name: string, value: string): void {
  // Assigning to this one would set no property.
  if (name === '__proto__') Object.defineProperty(labels, name, { value, enumerable: true })
  else labels[name] = value
}

/** A label's value; the empty string when it is absent. */
export function labelValue(labels: Labels, name: string): string {
  const value: unknown = labels[name]
  return typeof value === 'string' ? value : ''
}

/** A text that two label sets share exactly when they are equal; it sorts as the labels do. */
export function labelsKey(labels: Labels): string {
  let key = ''
  for (const name of namesOf(labels)) {
    const value = labelValue(labels, name)
    if (value !== '') key += `${keyPart(name)}\u0000${keyPart(value)}\u0000`
  }
  return key
}

/** The names of labels, sorted; most often they are so already. */
function namesOf(labels: Labels): string[] {
  const names = Object.keys(labels)
  for (let i = 1; i < names.length; i++) if ((names[i - 1] ?? '') > (names[i] ?? '')) return names.sort()
  return names
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

/** The labels without the metric name; the same object where there is none. */
export function dropMetricName(labels: Labels): Labels {
  return labelValue(labels, METRIC_NAME) === '' ? labels : omitLabels(labels, NAME_ONLY)
}

const NAME_ONLY = [METRIC_NAME]

export function pickLabels(labels: Labels, names: readonly string[]): Labels {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = labelValue(labels, name)
    if (value !== '') put(picked, name, value)
  }
  return picked
}

export function omitLabels(labels: Labels, names: readonly string[]): Labels {
  const kept: Record<string, string> = {}
  for (const name in labels) if (!names.includes(name)) put(kept, name, labelValue(labels, name))
  return kept
}

/** The labels with some of them set; an empty value removes the label. */
export function setLabels(labels: Labels, changes: Iterable<readonly [name: string, value: string]>): Labels {
  const all = new Map<string, string>()
  for (const name in labels) all.set(name, labelValue(labels, name))
  for (const [name, value] of changes) all.set(name, value)
  const changed: Record<string, string> = {}
  for (const [name, value] of all) if (value !== '') put(changed, name, value)
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
