import type { Labels } from '@tocsin/promql'

/** A text that is the same for equal label sets, whatever their order. */
export function labelsKey(labels: Labels): string {
  let key = ''
  for (const name of Object.keys(labels).sort()) key += `${name}\xff${labels[name]}\xff`
  return key
}

/** Labels without empty values, which mean that the label is absent. */
export function withoutEmpty(labels: Labels): Labels {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(labels)) if (value !== '') kept[name] = value
  return kept
}
