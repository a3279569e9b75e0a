import type { Labels, QueryValue, SeriesSamples, VectorSample } from '@tocsin/promql'
import { writeSampleTime, writeSampleValue } from './write-number.ts'

/** Labels as a JSON object, sorted by name. */
export function writeLabels(labels: Labels): string {
  const names = Object.keys(labels)
  for (let i = 1; i < names.length; i++)
    if ((names[i - 1] ?? '') > (names[i] ?? '')) {
      names.sort()
      break
    }
  let text = ''
  for (const name of names) {
    const value = labels[name]
    if (value !== undefined && value !== '') text += `${text && ','}${writeText(name)}:${writeText(value)}`
  }
  return `{${text}}`
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must be escaped, lone surrogates too
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/

function writeText(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`
}

/** A JSON array of texts that are JSON themselves, in pieces. */
export function* writeArray(items: Iterable<string>): Generator<string> {
  let separator = '['
  for (const item of items) {
    yield separator + item
    separator = ','
  }
  yield separator === '[' ? '[]' : ']'
}

/** The `data` of a query's answer, in pieces. */
export function* writeResult(result: QueryValue): Generator<string> {
  yield `{"resultType":"${result.type}","result":`
  if (result.type === 'vector') yield* writeArray(writeVector(result.value, result.timeMs))
  else if (result.type === 'matrix') yield* writeMatrix(result.value)
  else {
    // Prometheus writes these two with its plain JSON encoder: no exponent, no trailing zeros of the time.
    const value = result.type === 'string' ? result.value : writePlainNumber(result.value)
    yield JSON.stringify([result.timeMs / 1000, value])
  }
  yield '}'
}

function* writeVector(samples: readonly VectorSample[], timeMs: number): Generator<string> {
  const time = writeSampleTime(timeMs)
  for (const { labels, value } of samples)
    yield `{"metric":${writeLabels(labels)},"value":[${time},"${writeSampleValue(value)}"]}`
}

function* writeMatrix(matrix: readonly SeriesSamples[]): Generator<string> {
  let next = '['
  for (const { labels, timestamps, values } of matrix) {
    yield `${next}{"metric":${writeLabels(labels)},"values":`
    yield* writeArray(writePoints(timestamps, values))
    yield '}'
    next = ','
  }
  yield next === '[' ? '[]' : ']'
}

function* writePoints(timestamps: Float64Array, values: Float64Array): Generator<string> {
  for (const [i, timeMs] of timestamps.entries())
    yield `[${writeSampleTime(timeMs)},"${writeSampleValue(values[i] ?? Number.NaN)}"]`
}

function writePlainNumber(value: number): string {
  const text = writeSampleValue(value)
  const [, sign = '', whole = '', fraction = '', exponent] =
    /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? []
  if (exponent === undefined) return text
  const point = whole.length + Number(exponent)
  const digits = whole + fraction
  return point <= 0 ? `${sign}0.${'0'.repeat(-point)}${digits}` : `${sign}${digits.padEnd(point, '0')}`
}
