import { formatLabels, labelsKey } from '../eval/labels.ts'
import type { QueryResult, VectorSample } from '../eval/run-query.ts'
import type { Labels, SeriesSamples } from '../storage.ts'
import type { EvalCommand, Expectation, ScriptSeries } from './parse-script.ts'

const TOLERANCE = 1e-6
const SMALLEST_NORMAL = 2 ** -1022

/** Whether two floats are equal up to rounding, as the scripts' own runner decides. */
function almostEqual(a: number, b: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true
  const sum = Math.abs(a) + Math.abs(b)
  const difference = Math.abs(a - b)
  if (a === 0 || b === 0 || sum < SMALLEST_NORMAL) return difference < TOLERANCE * SMALLEST_NORMAL
  return difference / Math.min(sum, Number.MAX_VALUE) < TOLERANCE
}

/** Why a result is not what was expected; undefined when it is. */
export function checkResult(command: EvalCommand, result: QueryResult): string | undefined {
  return checkRemarks(command, result) ?? checkValue(command, result)
}

function checkRemarks(command: EvalCommand, { warnings, infos }: QueryResult): string | undefined {
  if (command.noWarn && warnings.length > 0) return `unexpected warning: ${warnings[0]}`
  if (command.noInfo && infos.length > 0) return `unexpected info: ${infos[0]}`
  return (
    checkExpectations('warning', command.warn, warnings) ?? checkExpectations('info', command.info, infos)
  )
}

function checkExpectations(
  what: string,
  expected: readonly Expectation[],
  actual: readonly string[],
): string | undefined {
  if (expected.length === 0) return undefined
  const missing = expected.find((one) => !actual.some((text) => meets(one, text)))
  if (missing)
    return `missing ${what} ${missing.message ?? missing.pattern ?? ''}, got [${actual.join('; ')}]`
  const surplus = actual.find((text) => !expected.some((one) => meets(one, text)))
  return surplus && `unexpected ${what}: ${surplus}`
}

/** Whether a text is the one that is expected. */
export function meets({ message, pattern }: Expectation, text: string): boolean {
  if (message !== undefined) return message === text
  return pattern === undefined || pattern.test(text)
}

function checkValue(command: EvalCommand, result: QueryResult): string | undefined {
  if (command.text !== undefined) {
    return result.type === 'string' && result.value === command.text ? undefined : `expected ${command.text}`
  }
  if (result.type === 'scalar') {
    if (command.scalar === undefined) return `unexpected scalar ${result.value}`
    return almostEqual(command.scalar, result.value)
      ? undefined
      : `expected ${command.scalar}, got ${result.value}`
  }
  if (result.type === 'string') return `unexpected string ${result.value}`
  if (result.type === 'vector') return checkVector(command, result.value)
  if (command.stepMs === 0 && !command.samplesAt) return 'unexpected range vector'
  return checkMatrix(command, result.value)
}

/** Compares an instant vector, in order when the script asks for that. */
export function checkVector(command: EvalCommand, samples: readonly VectorSample[]): string | undefined {
  if (command.scalar !== undefined) return `expected the scalar ${command.scalar}, got a vector`
  const expected = byLabels(command.series)
  for (const [position, { labels, value }] of samples.entries()) {
    const wanted = expected.get(labelsKey(labels))
    if (!wanted) return `unexpected series ${formatLabels(labels)} ${value}`
    if (command.ordered && wanted.position !== position) {
      return `${formatLabels(labels)} is at position ${position}, expected at ${wanted.position}`
    }
    const [first] = wanted.series.values
    if (typeof first !== 'number' || !almostEqual(first, value)) {
      return `${formatLabels(labels)}: expected ${first}, got ${value}`
    }
    expected.delete(labelsKey(labels))
  }
  return missingSeries(expected)
}

function checkMatrix(command: EvalCommand, matrix: readonly SeriesSamples[]): string | undefined {
  const { startMs, stepMs } = command.samplesAt ?? command
  const expected = byLabels(command.series)
  if (command.scalar !== undefined) return 'expected a scalar, got a matrix'
  for (const { labels, timestamps, values } of matrix) {
    const wanted = expected.get(labelsKey(labels))
    if (!wanted) return `unexpected series ${formatLabels(labels)}`
    expected.delete(labelsKey(labels))
    const samples = wanted.series.values.flatMap((value, i) =>
      typeof value === 'number' ? [[startMs + i * stepMs, value] as const] : [],
    )
    const shown = `${formatLabels(labels)}: expected ${samples.map(([t, v]) => `${v}@${t}`).join(' ')}, got ${[...values].map((v, i) => `${v}@${timestamps[i]}`).join(' ')}`
    if (samples.length !== values.length) return shown
    for (const [i, [time, value]] of samples.entries()) {
      if (timestamps[i] !== time || !almostEqual(values[i] ?? Number.NaN, value)) return shown
    }
  }
  return missingSeries(expected)
}

type Expected = Map<string, { readonly series: ScriptSeries; readonly position: number }>

function byLabels(series: readonly ScriptSeries[]): Expected {
  return new Map(series.map((one, position) => [labelsKey(one.labels), { series: one, position }]))
}

function missingSeries(expected: Expected): string | undefined {
  const missing: Labels | undefined = [...expected.values()].find(({ series }) =>
    series.values.some((value) => typeof value === 'number'),
  )?.series.labels
  return missing && `missing series ${formatLabels(missing)}`
}
