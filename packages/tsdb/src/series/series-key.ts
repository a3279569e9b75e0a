import type { Labels } from '@tocsin/promql'

/** The label names that have a value, sorted by UTF-16 code unit. */
export function sortedNames(labels: Labels): string[] {
  const names: string[] = []
  for (const name of Object.keys(labels)) {
    if (labels[name] === '') continue
    // By insertion: labels are few, and mostly in order already. The sort of arrays is several times slower here.
    let at = names.length
    for (; at > 0 && (names[at - 1] ?? '') > name; at--) names[at] = names[at - 1] ?? ''
    names[at] = name
  }
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
