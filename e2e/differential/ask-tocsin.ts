import {
  compile,
  createEngine,
  isStaleAt,
  type Queryable,
  QueryError,
  type QueryResult,
} from '@tocsin/promql'
import type { WrittenSeries } from '@tocsin/testkit'
import { createHead } from '@tocsin/tsdb'
import { type Answer, differenceOf, keyOf } from './answer.ts'

/** When a query is asked for; seconds since the epoch. */
export type Times =
  | { readonly timeS: number }
  | { readonly startS: number; readonly endS: number; readonly stepS: number }

/** A head with these series. `change` alters every value on its way in. */
export function fillHead(series: readonly WrittenSeries[], change = (value: number) => value): Queryable {
  const head = createHead()
  for (const { labels, timestamps, values } of series) {
    const handle = head.intern(labels)
    if ('refused' in handle) throw new Error(`the head refused a series: ${handle.detail}`)
    for (const [i, value] of values.entries()) {
      const timeMs = timestamps[i] ?? 0
      const outcome = isStaleAt(values, i)
        ? head.appendStale(handle, timeMs)
        : head.append(handle, timeMs, change(value))
      if (outcome !== 'appended') throw new Error(`the head answered ${outcome} to a sample`)
    }
  }
  return head
}

/** Asks Tocsin's engine; at an instant also as a rule asks. @throws Error when it fails for another reason than the query. */
export async function askTocsin(queryable: Queryable, query: string, times: Times): Promise<Answer> {
  const engine = createEngine({ queryable })
  try {
    if (!('timeS' in times))
      return readResult(await engine.range(query, times.startS * 1000, times.endS * 1000, times.stepS * 1000))
    const answer = readResult(await engine.instant(query, times.timeS * 1000))
    checkAsRule(queryable, query, times.timeS * 1000, answer)
    return answer
  } catch (error) {
    if (error instanceof QueryError && (error.code === 'parse_error' || error.code === 'execution'))
      return { refused: error.message }
    throw error
  }
}

/** A rule keeps things from one evaluation to the next: neither the first nor the second may come to anything else. */
function checkAsRule(queryable: Queryable, query: string, timeMs: number, wanted: Answer): void {
  const rule = compile(query)
  for (const time of ['first', 'second']) {
    const difference = differenceOf(readResult(rule.evaluate(queryable, timeMs)), wanted, false)
    if (difference !== undefined) throw new Error(`${query}\n  as a rule, the ${time} time: ${difference}`)
  }
}

function readResult(result: QueryResult): Answer {
  const values = new Map<string, number>()
  if (result.type === 'scalar') values.set(keyOf({}, result.timeMs), result.value)
  if (result.type === 'vector') {
    for (const { labels, value } of result.value) values.set(keyOf(labels, result.timeMs), value)
  }
  if (result.type === 'matrix') {
    for (const series of result.value)
      for (const [i, value] of series.values.entries())
        values.set(keyOf(series.labels, series.timestamps[i] ?? 0), value)
  }
  return { type: result.type, values, ordered: [...values.values()] }
}
