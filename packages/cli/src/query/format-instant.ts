import { formatTable } from '../output/table.ts'
import type { Matrix, QueryData, Vector } from './answer.ts'
import { formatLabels } from './format-labels.ts'
import { formatTime } from './format-number.ts'

/** The answer to an instant query: the value alone of a scalar or a string, else a table. */
export function formatInstant(data: QueryData): string {
  if (data.resultType === 'vector') return formatVector(data.result)
  if (data.resultType === 'matrix') return formatMatrix(data.result)
  return data.result[1]
}

function formatVector(vector: Vector): string {
  const rows = vector.map(({ metric, value, histogram }) => [
    formatLabels(metric),
    value?.[1] ?? `count ${histogram?.[1].count}, sum ${histogram?.[1].sum}`,
  ])
  const [seconds = 0] = vector[0]?.value ?? vector[0]?.histogram ?? []
  const table = formatTable(['series', 'value'], rows, [1])
  return `${table}\n\n${vector.length} series at ${formatTime(seconds * 1000)}`
}

/** What a range selector finds: every sample as it is kept. */
function formatMatrix(matrix: Matrix): string {
  const blocks = matrix.map(({ metric, values, histograms }) => {
    const found = [
      ...values,
      ...histograms.map(([at, { count, sum }]) => [at, `count ${count}, sum ${sum}`] as const),
    ].sort(([a], [b]) => a - b)
    const rows = found.map(([seconds, value]) => [formatSampleTime(seconds), value])
    return formatTable([formatLabels(metric), 'value'], rows, [1])
  })
  const count = matrix.reduce((sum, { values, histograms }) => sum + values.length + histograms.length, 0)
  return [...blocks, `${matrix.length} series, ${count} ${count === 1 ? 'sample' : 'samples'}`].join('\n\n')
}

function formatSampleTime(seconds: number): string {
  const ms = Math.round(seconds * 1000)
  return `${formatTime(ms)}.${String(ms % 1000).padStart(3, '0')}`
}
