import { LABEL_NAME } from './metric-event.ts'

// What the schemas of metrics say, as checks that make no objects: a reader of many samples spends its time there.

/** A plain object without other fields: what the schema would take away stands in its result no more. */
export function hasOnly(
  value: unknown,
  fields: ReadonlySet<string>,
): value is Readonly<Record<string, unknown>> {
  if (!isPlainObject(value)) return false
  for (const field in value) if (!fields.has(field)) return false
  return true
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

export function every(list: unknown, accepts: (item: unknown) => boolean): boolean {
  if (!Array.isArray(list)) return false
  for (let i = 0; i < list.length; i++) if (!accepts(list[i])) return false
  return true
}

export const isText = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'string' && value.length >= least && value.length <= most

export const isOptionalText = (value: unknown): boolean => value === undefined || typeof value === 'string'

export const isIndex = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

export const isCount = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0

export function areBounds(bounds: unknown): boolean {
  if (!Array.isArray(bounds) || bounds.length < 1 || bounds.length > 200) return false
  for (let i = 0; i < bounds.length; i++)
    if (!Number.isFinite(bounds[i]) || (i > 0 && !(bounds[i] > bounds[i - 1]))) return false
  return true
}

export function areLabels(labels: unknown): boolean {
  if (!isPlainObject(labels)) return false
  for (const name in labels) if (!isLabelName(name) || !isText(labels[name], 0, 4096)) return false
  return true
}

// Label names are few, and each comes with every sample.
const MOST_NAMES = 1000
const labelNames = new Set<string>()

export function isLabelName(name: string): boolean {
  if (labelNames.has(name)) return true
  if (name.length > 256 || name.startsWith('__') || !LABEL_NAME.test(name)) return false
  if (labelNames.size < MOST_NAMES) labelNames.add(name)
  return true
}
