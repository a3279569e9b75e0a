import type { Labels } from '@tocsin/promql'

/** The label names that have a value, sorted by UTF-16 code unit. */
export function sortedNames(labels: Labels): string[] {
  const names: string[] = []
  for (const name of Object.keys(labels)) if (labels[name] !== '') names.push(name)
  for (let i = 1; i < names.length; i++)
    if ((names[i - 1] ?? '') > (names[i] ?? '')) return names.sort((a, b) => (a < b ? -1 : 1))
  return names
}

/** One string per label set. Lengths stand before the parts, since a value may hold any separator. */
export function seriesKey(names: readonly string[], labels: Labels): string {
  let key = ''
  for (const name of names) {
    const value = labels[name] ?? ''
    key += `${name.length}:${name}${value.length}:${value}`
  }
  return key
}
