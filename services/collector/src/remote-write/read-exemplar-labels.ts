import { exemplarLength, MAX_EXEMPLAR_LENGTH } from '@tocsin/contract'
import type { FaultOf } from './check-names.ts'
import type { LabelTexts } from './label-texts.ts'

/** The labels of an exemplar as a JSON object, or what is wrong with them. */
export function readExemplarLabels(
  { names, values }: LabelTexts,
  labelFault: FaultOf,
): { readonly json: string; readonly fault?: undefined } | { readonly fault: string } {
  const labels: Record<string, string> = {}
  for (const [i, name] of names.entries()) {
    const value = values[i]
    if (name === undefined || value === undefined) return { fault: 'its labels must be UTF-8' }
    const fault = labelFault(name)
    if (fault !== undefined) return { fault: `its label ${JSON.stringify(name.slice(0, 100))}: ${fault}` }
    labels[name] = value
  }
  if (exemplarLength(labels) > MAX_EXEMPLAR_LENGTH)
    return { fault: `its labels have more than ${MAX_EXEMPLAR_LENGTH} characters together` }
  return { json: JSON.stringify(labels) }
}
