import type { Queryable } from '@tocsin/promql'
import { describeAnswer, differenceOf, isRefused } from './answer.ts'
import { askPrometheus } from './ask-prometheus.ts'
import { askTocsin, type Times } from './ask-tocsin.ts'
import { createNudged, PROMETHEUS_2_42 } from './dialects.ts'
import type { GeneratedQuery } from './generate-queries.ts'
import { explain } from './known-differences.ts'
import { type Dialect, printExpr } from './print-expr.ts'
import type { createTally } from './tally.ts'

export interface Engines {
  readonly prometheusUrl: string
  readonly head: Queryable
  /** The same data, changed in the twelfth digit. */
  readonly nudgedHead: () => Queryable
  /** The same data, the last series first. */
  readonly reversedHead: () => Queryable
}

/** Asks both engines, at an instant and over a range. @throws Error that shows both answers where they differ */
export async function compareQuery(
  engines: Engines,
  query: GeneratedQuery,
  tally: ReturnType<typeof createTally>,
): Promise<void> {
  const { endS, stepS, steps } = query
  await compareAt(engines, query, { timeS: endS }, tally)
  await compareAt(engines, query, { startS: endS - (steps - 1) * stepS, endS, stepS }, tally)
}

async function compareAt(
  { prometheusUrl, head, nudgedHead, reversedHead }: Engines,
  { expr }: GeneratedQuery,
  times: Times,
  tally: ReturnType<typeof createTally>,
): Promise<void> {
  const text = printExpr(expr)
  const [theirs, ours] = await Promise.all([
    askPrometheus(prometheusUrl, printExpr(expr, PROMETHEUS_2_42), times),
    askTocsin(head, text, times),
  ])
  const inOrder = 'timeS' in times && isOrdered(expr)
  const difference = differenceOf(ours, theirs, inOrder)
  if (difference === undefined) return tally.agreed(expr, ours)
  const changesWith = async (other: Queryable, dialect?: Dialect): Promise<boolean> => {
    const answer = await askTocsin(other, printExpr(expr, dialect), times)
    return isRefused(answer) === isRefused(ours) && differenceOf(answer, ours, inOrder) !== undefined
  }
  const reason = await explain({
    expr,
    ours,
    theirs,
    isIllConditioned: () => changesWith(nudgedHead(), createNudged()),
    isOrderDependent: () => changesWith(reversedHead()),
  })
  if (reason !== undefined) return tally.explained(reason)
  throw new Error(
    [
      `${text}\n  ${JSON.stringify(times)}\n${difference}`,
      `Tocsin:\n${describeAnswer(ours)}`,
      `Prometheus:\n${describeAnswer(theirs)}`,
    ].join('\n'),
  )
}

const ORDERING: ReadonlySet<string> = new Set(['sort', 'sort_desc', 'topk', 'bottomk'])

/** Whether the order of an instant vector is part of the answer. */
const isOrdered = (expr: GeneratedQuery['expr']): boolean =>
  (expr.kind === 'call' && ORDERING.has(expr.func)) ||
  (expr.kind === 'aggregate' && ORDERING.has(expr.op) && expr.grouping === undefined)
