import { formatExpr } from '@tocsin/promql'
import { type Compiled, compileExpression } from '../compile-expression.ts'
import { parseRuleDuration } from '../duration.ts'
import type { Additions, AdditionTexts, FlapPolicy, NoDataPolicy } from './additions.ts'
import { canLackData, dataOf } from './data-of.ts'

const DAY_MS = 86_400_000
const MOST_CHANGES = 1000

/** Reads what a rule asks for beyond Prometheus; `fault` is told what is wrong with which of it. */
export function readAdditions(
  { noData, resolve, flap }: AdditionTexts,
  query: Compiled,
  fault: (name: keyof AdditionTexts, reason: string) => void,
): Additions | undefined {
  if (noData === undefined && resolve === undefined && flap === undefined) return undefined
  const attempt = <T>(name: keyof AdditionTexts, text: string | undefined, read: (text: string) => T) => {
    try {
      return text === undefined ? undefined : read(text)
    } catch (error) {
      fault(name, error instanceof Error ? error.message : String(error))
      return undefined
    }
  }
  const lacking = attempt('noData', noData, (text) => readNoData(text, query))
  const resolves = attempt('resolve', resolve, compileExpression)
  const needsData = (lacking !== undefined && lacking.policy !== 'ok') || resolves !== undefined
  return {
    noData: lacking,
    resolve: resolves,
    flap: attempt('flap', flap, readFlap),
    data: needsData ? compileExpression(formatExpr(dataOf(query.compiled.expr))) : undefined,
  }
}

/** `ok`, `keep`, `alert`, and for how long: `keep 2h`. */
function readNoData(text: string, query: Compiled): NoDataPolicy {
  const [, policy, most] = /^(ok|keep|alert)(?:\s+(\S+))?$/.exec(text.trim()) ?? []
  if (policy !== 'ok' && policy !== 'keep' && policy !== 'alert')
    throw new RangeError(
      `expected ok, keep or alert, and for how long ("keep 2h"), got ${JSON.stringify(text)}`,
    )
  if (policy !== 'ok' && !canLackData(query.compiled.expr))
    throw new RangeError(`${policy}: the expression has a result just when there is no data; leave this out`)
  return { policy, forMs: most === undefined ? DAY_MS : positive(most) }
}

/** `6 in 10m`: from so many changes within this time on, an alert flaps. */
function readFlap(text: string): FlapPolicy {
  const [, count = '', window = ''] = /^(\d+)\s+in\s+(\S+)$/.exec(text.trim()) ?? []
  const changes = Number(count)
  if (count === '' || changes < 2 || changes > MOST_CHANGES)
    throw new RangeError(
      `expected 2 to ${MOST_CHANGES} changes and a time ("6 in 10m"), got ${JSON.stringify(text)}`,
    )
  return { changes, windowMs: positive(window) }
}

function positive(text: string): number {
  const ms = parseRuleDuration(text)
  if (ms <= 0) throw new RangeError(`a duration above 0 is needed, got ${JSON.stringify(text)}`)
  return ms
}
