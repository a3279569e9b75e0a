import { compareValues, equalsAny } from '../values/compare.ts'
import { ANY, STRING } from '../values/params.ts'
import { printSpaced, printValue } from '../values/print-value.ts'
import { sprintf } from '../values/printf.ts'
import { isTruthy } from '../values/value.ts'
import { costOfPrinting } from './cost-of-printing.ts'
import type { FunctionSet } from './dialect.ts'
import { escapeHtml, escapeJs, escapeQuery } from './escape-text.ts'
import { indexValue, lengthOf, sliceValue } from './index-value.ts'

/** The functions that every Go template has. */
export const builtinFunctions: FunctionSet<unknown> = {
  // The evaluator stops at the first argument that decides; here they are only named.
  and: { params: [ANY], rest: ANY, call: (args) => args.find((a) => !isTruthy(a)) ?? args.at(-1) },
  or: { params: [ANY], rest: ANY, call: (args) => args.find(isTruthy) ?? args.at(-1) },
  not: { params: [ANY], call: ([value]) => !isTruthy(value) },
  eq: { params: [ANY], rest: ANY, call: ([value, ...others]) => equalsAny(value, others) },
  ne: { params: [ANY, ANY], call: ([a, b]) => !equalsAny(a, [b]) },
  lt: { params: [ANY, ANY], call: ([a, b]) => compareValues(a, b) < 0 },
  le: { params: [ANY, ANY], call: ([a, b]) => compareValues(a, b) <= 0 },
  gt: { params: [ANY, ANY], call: ([a, b]) => compareValues(a, b) > 0 },
  ge: { params: [ANY, ANY], call: ([a, b]) => compareValues(a, b) >= 0 },
  len: { params: [ANY], call: ([value]) => BigInt(lengthOf(value)) },
  index: { params: [ANY], rest: ANY, call: ([value, ...keys]) => keys.reduce(indexValue, value) },
  slice: { params: [ANY], rest: ANY, call: ([value, ...bounds]) => sliceValue(value, bounds) },
  print: { params: [], rest: ANY, cost: costOfPrinting, call: printSpaced },
  println: {
    params: [],
    rest: ANY,
    cost: costOfPrinting,
    call: (args) => `${args.map(printValue).join(' ')}\n`,
  },
  printf: {
    params: [STRING],
    rest: ANY,
    cost: costOfPrinting,
    call: ([format, ...args]) => sprintf(format as string, args),
  },
  html: { params: [], rest: ANY, cost: costOfPrinting, call: (args) => escapeHtml(printSpaced(args)) },
  js: { params: [], rest: ANY, cost: costOfPrinting, call: (args) => escapeJs(printSpaced(args)) },
  urlquery: { params: [], rest: ANY, cost: costOfPrinting, call: (args) => escapeQuery(printSpaced(args)) },
}
