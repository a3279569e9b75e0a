import { formatLabels } from '../../src/eval/labels.ts'
import { createEngine, type Queryable, QueryError } from '../../src/mod.ts'
import { EPOCH_MS } from './series.ts'

/** Seven seconds past a minute: no step of a subquery falls on the bound of a window. */
const FIRST_MS = EPOCH_MS + 907_000
const LAST_MS = EPOCH_MS + 1_687_000
const STEP_MS = 60_000
const TOLERANCE = 1e-9

/** What an engine answers: values by series and time, or that the query failed. */
type Answer = Map<string, number> | 'failed'

/** Asks both engines, at one time and over a range, and tells how their answers differ. */
export async function compareEngines(
  url: string,
  queryable: Queryable,
  expr: string,
): Promise<string | undefined> {
  const engine = createEngine({ queryable })
  const theirs = expr.replaceAll('double_exponential_smoothing', 'holt_winters')
  const instant = differenceOf(
    await ours(() => engine.instant(expr, LAST_MS)),
    await ask(`${url}/api/v1/query`, { query: theirs, time: String(LAST_MS / 1000) }),
  )
  if (instant) return `instant: ${instant}`
  const range = differenceOf(
    await ours(() => engine.range(expr, FIRST_MS, LAST_MS, STEP_MS)),
    await ask(`${url}/api/v1/query_range`, {
      query: theirs,
      start: String(FIRST_MS / 1000),
      end: String(LAST_MS / 1000),
      step: '60',
    }),
  )
  return range && `range: ${range}`
}

async function ours(run: () => ReturnType<ReturnType<typeof createEngine>['instant']>): Promise<Answer> {
  try {
    const result = await run()
    const answer: Map<string, number> = new Map()
    if (result.type === 'scalar') answer.set(`{} ${LAST_MS}`, result.value)
    else if (result.type === 'vector') {
      for (const { labels, value } of result.value) answer.set(`${formatLabels(labels)} ${LAST_MS}`, value)
    } else if (result.type === 'matrix') {
      for (const { labels, timestamps, values } of result.value) {
        for (const [i, time] of timestamps.entries())
          answer.set(`${formatLabels(labels)} ${time}`, values[i] ?? 0)
      }
    }
    return answer
  } catch (error) {
    if (error instanceof QueryError && error.code === 'execution') return 'failed'
    throw error
  }
}

type Point = [seconds: number, value: string]

interface PrometheusAnswer {
  readonly status: string
  readonly data?: {
    readonly resultType: string
    readonly result: readonly {
      readonly metric: Record<string, string>
      readonly value?: Point
      readonly values?: Point[]
    }[]
  }
}

async function ask(url: string, params: Record<string, string>): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(params) })
  const { data } = (await response.json()) as PrometheusAnswer
  if (!data) return 'failed'
  const answer: Map<string, number> = new Map()
  for (const { metric, value, values } of data.result) {
    for (const [seconds, text] of values ?? (value ? [value] : [])) {
      const number =
        text === '+Inf' ? Number.POSITIVE_INFINITY : text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text)
      answer.set(`${formatLabels(metric)} ${Math.round(seconds * 1000)}`, number)
    }
  }
  return answer
}

function differenceOf(mine: Answer, theirs: Answer): string | undefined {
  if (mine === 'failed' || theirs === 'failed') {
    return mine === theirs ? undefined : `${mine === 'failed' ? 'only here' : 'only there'} it failed`
  }
  for (const [key, value] of mine) {
    const wanted = theirs.get(key)
    if (wanted === undefined) return `${key} is ${value} here, and not there`
    if (!close(value, wanted)) return `${key} is ${value} here, ${wanted} there`
  }
  const missing = [...theirs.keys()].find((key) => !mine.has(key))
  return missing && `${missing} is ${theirs.get(missing)} there, and not here`
}

function close(a: number, b: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b))
}
