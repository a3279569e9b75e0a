import type { FedSeries } from '@tocsin/alerting'
import { type Labels, type SelectorInfo, writeStaleAt } from '@tocsin/promql'
import { CliError } from '../errors.ts'
import { type Backend, callApi, noSuchAnswer, parseJson } from '../query/ask-backend.ts'
import { numberOf } from '../query/format-number.ts'

/** A part of the time that is fetched in one go. Milliseconds. */
export interface Part {
  readonly fromMs: number
  readonly toMs: number
}

const LOOKBACK_MS = 300_000

/** The samples of a part, each once, as a rule that is evaluated at these steps sees them. @throws {CliError} */
export async function fetchSamples(
  backend: Backend,
  selectors: readonly SelectorInfo[],
  part: Part,
  stepMs: number,
): Promise<readonly FedSeries[]> {
  const found = new Map<string, FedSeries>()
  for (const [text, isInstant] of distinct(selectors)) {
    // What ended with the part before is found by its last samples, which are there again.
    const own = isInstant ? { ...part, fromMs: part.fromMs - LOOKBACK_MS } : part
    const all = await fetchRaw(backend, text, own)
    const gone = isInstant && all.some((one) => hasGap(one, part, stepMs))
    const seen = gone ? await fetchSeen(backend, text, own, stepMs) : undefined
    for (const one of all) {
      const key = JSON.stringify(Object.entries(one.labels).sort())
      // What a range over the series sees is the same, marked or not: a marker is no sample.
      if (seen || !found.has(key)) found.set(key, seen ? markEnds(one, seen.get(key), part, stepMs) : one)
    }
  }
  return [...found.values()]
}

/**
 * Selectors as text, and whether one of them looks at the newest sample only, as PromQL does without a range. What a wider
 * one finds as well is left out.
 */
function distinct(selectors: readonly SelectorInfo[]): ReadonlyMap<string, boolean> {
  const all = selectors.map(({ matchers, rangeMs }) => ({
    parts: new Set(matchers.map(({ name, type, value }) => `${name}${type}${JSON.stringify(value)}`)),
    isInstant: rangeMs === 0,
  }))
  const texts = new Map<string, boolean>()
  for (const { parts } of all) {
    if (all.some((other) => other.parts.size < parts.size && isSubset(other.parts, parts))) continue
    const covered = all.filter((other) => isSubset(parts, other.parts))
    texts.set(
      `{${[...parts].join(',')}}`,
      covered.some(({ isInstant }) => isInstant),
    )
  }
  return texts
}

const isSubset = (some: ReadonlySet<string>, all: ReadonlySet<string>): boolean =>
  some.size <= all.size && some.values().every((one) => all.has(one))

/** What a range selector finds: samples as they are stored, without the markers of their ends. */
async function fetchRaw(
  backend: Backend,
  selector: string,
  { fromMs, toMs }: Part,
): Promise<readonly FedSeries[]> {
  const form = { query: `${selector}[${toMs - fromMs}ms]`, time: String(toMs / 1000) }
  return (await ask(backend, 'query', form)).map(({ metric, values }) => {
    const series = {
      labels: metric,
      timestamps: new Float64Array(values.length),
      values: new Float64Array(values.length),
    }
    for (let i = 0; i < values.length; i++) {
      const [seconds, text] = values[i] ?? [0, 'NaN']
      const value = Number(text)
      series.timestamps[i] = Math.round(seconds * 1000)
      series.values[i] = Number.isNaN(value) ? numberOf(text) : value
    }
    return series
  })
}

/** At which steps each series has a value: it has none once it has ended, however new its last sample is. */
async function fetchSeen(
  backend: Backend,
  query: string,
  { fromMs, toMs }: Part,
  stepMs: number,
): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
  const [start, end] = [firstStep(fromMs, stepMs), toMs].map((ms) => String(ms / 1000))
  const form = { query, start: start ?? '', end: end ?? '', step: String(stepMs / 1000) }
  const matrix = await ask(backend, 'query_range', form)
  return new Map(
    matrix.map(({ metric, values }) => [
      JSON.stringify(Object.entries(metric).sort()),
      new Set(values.map(([seconds]) => Math.round(seconds * 1000))),
    ]),
  )
}

const firstStep = (ms: number, stepMs: number) => Math.ceil(ms / stepMs) * stepMs

/** Whether samples lie so far apart, or end so early, that the series may have ended in between. */
function hasGap({ timestamps }: FedSeries, { toMs }: Part, stepMs: number): boolean {
  const count = timestamps.length
  if (count === 0) return false
  const usualMs = Math.max(
    stepMs,
    ((timestamps[count - 1] ?? 0) - (timestamps[0] ?? 0)) / Math.max(1, count - 1),
  )
  for (let i = 1; i <= count; i++)
    if ((timestamps[i] ?? toMs) - (timestamps[i - 1] ?? 0) > 1.5 * usualMs) return true
  return false
}

/** The series with a staleness marker at each step from which on it is not seen, though its last sample is new enough. */
function markEnds(
  series: FedSeries,
  seen: ReadonlySet<number> = new Set(),
  { toMs }: Part,
  stepMs: number,
): FedSeries {
  const { labels, timestamps, values } = series
  const marked: [timeMs: number, value: number | 'stale'][] = []
  for (let i = 0; i < timestamps.length; i++) {
    const timeMs = timestamps[i] ?? 0
    const nextMs = Math.min(timestamps[i + 1] ?? toMs + 1, timeMs + LOOKBACK_MS)
    marked.push([timeMs, values[i] ?? 0])
    let stepAtMs = firstStep(timeMs, stepMs)
    while (stepAtMs < nextMs && seen.has(stepAtMs)) stepAtMs += stepMs
    if (stepAtMs < nextMs && stepAtMs > timeMs) marked.push([stepAtMs, 'stale'])
  }
  const all = Float64Array.from(marked, ([, value]) => (value === 'stale' ? Number.NaN : value))
  for (const [i, [, value]] of marked.entries()) if (value === 'stale') writeStaleAt(all, i)
  return { labels, timestamps: Float64Array.from(marked, ([timeMs]) => timeMs), values: all }
}

interface MatrixSeries {
  readonly metric: Labels
  readonly values: readonly (readonly [seconds: number, value: string])[]
}

/** That an answer would be, or was, too large: a shorter part may do. */
export class TooMuchError extends Error {
  readonly code = 'too-much'
  readonly retryable = true
}

async function ask(
  backend: Backend,
  verb: 'query' | 'query_range',
  form: Readonly<Record<string, string>>,
): Promise<readonly MatrixSeries[]> {
  const called = await callApi(backend, verb, form)
  // Read without a schema: these are millions of samples.
  const answer = parseJson(called.text) as
    | { status?: string; error?: string; data?: { resultType?: string; result?: MatrixSeries[] } }
    | undefined
  if (answer?.status === 'error') {
    const { error = '' } = answer
    if (/too many samples|exceeded maximum resolution|too_many_samples/.test(error))
      throw new TooMuchError(error)
    throw new CliError('query-failed', `${called.who}: ${error}`)
  }
  const { resultType, result } = answer?.data ?? {}
  if (resultType !== 'matrix' || !Array.isArray(result)) throw noSuchAnswer(backend, called)
  // Native histograms have no values.
  return result.filter(({ values }) => Array.isArray(values))
}
