import { exemplarLength, type Labels, MAX_EXEMPLAR_LENGTH } from '@tocsin/contract'
import type { SeriesWriter } from '../../intake/batch-writer.ts'
import { attributeText } from '../model/attributes.ts'
import type { Exemplar } from '../model/metric.ts'
import { labelNameOf } from './label-name.ts'

/** Writes the exemplars of a point; those without a value say nothing. */
export function writeExemplars(series: SeriesWriter, exemplars: readonly Exemplar[], timeMs: number): void {
  for (const exemplar of exemplars) {
    const { value } = exemplar
    if (value === undefined || !Number.isFinite(value)) continue
    series.exemplar(labelsOf(exemplar), value, exemplar.timeMs > 0 ? exemplar.timeMs : timeMs)
  }
}

/** The trace first, then as many of the attributes as an exemplar has room for. */
function labelsOf({ traceId, spanId, attributes }: Exemplar): Labels {
  const labels: Record<string, string> = {
    ...(traceId === '' ? {} : { trace_id: traceId }),
    ...(spanId === '' ? {} : { span_id: spanId }),
  }
  let length = exemplarLength(labels)
  for (const [key, attribute] of attributes) {
    const { name } = labelNameOf(key)
    const value = attributeText(attribute)
    if (name === '' || value === '' || name in labels) continue
    const more = exemplarLength({ [name]: value })
    if (length + more > MAX_EXEMPLAR_LENGTH) continue
    labels[name] = value
    length += more
  }
  return labels
}
