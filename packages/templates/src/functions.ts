import { compareValues, equalsAny } from './compare.ts'
import { durationSeconds } from './duration-seconds.ts'
import { expandRegex, matchRegex } from './go-regex.ts'
import {
  humanize,
  humanize1024,
  humanizeDuration,
  humanizePercentage,
  humanizeTimestamp,
  timeOf,
} from './humanize.ts'
import { sprintf } from './printf.ts'
import { stripDomain, stripPort } from './strip-address.ts'
import {
  isList,
  isTruthy,
  printValue,
  type Sample,
  type StructValue,
  sampleValue,
  typeName,
  type Value,
} from './value.ts'

/** What a template's functions may ask of the world outside it. */
export interface TemplateContext {
  /** Runs a query at the time of the evaluation. Throws what makes the expansion fail. */
  readonly query: (expr: string) => readonly Sample[]
  /** The time of the evaluation, in milliseconds. */
  readonly nowMs: number
  readonly externalURL: string
}

type Param = 'any' | 'string' | 'sample' | 'list'

export interface TemplateFunction {
  readonly params: readonly Param[]
  /** The type of any further arguments; none are taken without it. */
  readonly rest?: Param
  call(args: readonly Value[], context: TemplateContext): Value
}

const text = (value: Value) => value as string
const sample = (value: Value) => value as StructValue

/** Of a function that takes one number, given as a number or as text. */
function ofNumber(apply: (value: number, context: TemplateContext) => Value): TemplateFunction {
  return { params: ['any'], call: ([value], context) => apply(toNumber(value), context) }
}

function ofText(apply: (value: string, context: TemplateContext) => Value): TemplateFunction {
  return { params: ['string'], call: ([value], context) => apply(text(value), context) }
}

function toNumber(value: Value): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'string') {
    const special = { nan: Number.NaN, inf: Infinity, '+inf': Infinity, '-inf': -Infinity }[
      value.toLowerCase()
    ]
    if (special !== undefined) return special
    const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value) ? Number(value) : Number.NaN
    if (!Number.isNaN(number)) return number
    throw new RangeError(`strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax`)
  }
  throw new TypeError(`can't convert ${typeName(value)} to float`)
}

const prometheus: Readonly<Record<string, TemplateFunction>> = {
  query: ofText((expr, { query }) => query(expr).map(sampleValue)),
  first: {
    params: ['list'],
    call: ([list]) => {
      if (isList(list) && list.length > 0) return list[0]
      throw new RangeError('first() called on vector with no elements')
    },
  },
  label: { params: ['string', 'sample'], call: ([name, of]) => labelOf(of, text(name)) },
  value: { params: ['sample'], call: ([of]) => sample(of).fields['Value'] },
  strvalue: { params: ['sample'], call: ([of]) => labelOf(of, '__value__') },
  args: {
    params: [],
    rest: 'any',
    call: (args) => ({
      kind: 'map',
      entries: Object.fromEntries(args.map((arg, i) => [`arg${i}`, arg])),
      zero: undefined,
    }),
  },
  sortByLabel: {
    params: ['string', 'list'],
    call: ([name, list]) => {
      const key = (item: Value) => String(labelOf(item, text(name)))
      return isList(list) ? [...list].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)) : list
    },
  },
  humanize: ofNumber(humanize),
  humanize1024: ofNumber(humanize1024),
  humanizeDuration: ofNumber(humanizeDuration),
  humanizePercentage: ofNumber(humanizePercentage),
  humanizeTimestamp: ofNumber(humanizeTimestamp),
  toTime: ofNumber((seconds) => ({ kind: 'time', ms: timeOf(seconds) })),
  toDuration: ofNumber((seconds) => ({ kind: 'duration', seconds })),
  now: { params: [], call: (_, { nowMs }) => nowMs / 1000 },
  parseDuration: ofText(durationSeconds),
  title: ofText((t) => t.replace(/(?<![\p{L}\p{Nd}_])\p{L}/gu, (letter) => letter.toUpperCase())),
  toUpper: ofText((t) => t.toUpperCase()),
  toLower: ofText((t) => t.toLowerCase()),
  stripPort: ofText(stripPort),
  stripDomain: ofText(stripDomain),
  urlQueryEscape: ofText(escapeQuery),
  safeHtml: ofText((t) => t),
  match: { params: ['string', 'string'], call: ([pattern, t]) => matchRegex(text(pattern), text(t)) },
  reReplaceAll: {
    params: ['string', 'string', 'string'],
    call: ([pattern, replacement, t]) => expandRegex(text(pattern), text(replacement), text(t)),
  },
  graphLink: ofText((expr) => `/graph?g0.expr=${escapeQuery(expr)}&g0.tab=0`),
  tableLink: ofText((expr) => `/graph?g0.expr=${escapeQuery(expr)}&g0.tab=1`),
  externalURL: { params: [], call: (_, { externalURL }) => externalURL },
  pathPrefix: {
    params: [],
    call: (_, { externalURL }) => new URL(externalURL).pathname.replace(/\/$/, ''),
  },
}

const builtin: Readonly<Record<string, TemplateFunction>> = {
  // The evaluator stops at the first argument that decides; here they are only named.
  and: { params: ['any'], rest: 'any', call: (args) => args.find((a) => !isTruthy(a)) ?? args.at(-1) },
  or: { params: ['any'], rest: 'any', call: (args) => args.find(isTruthy) ?? args.at(-1) },
  not: { params: ['any'], call: ([value]) => !isTruthy(value) },
  eq: { params: ['any'], rest: 'any', call: ([value, ...others]) => equalsAny(value, others) },
  ne: { params: ['any', 'any'], call: ([a, b]) => !equalsAny(a, [b]) },
  lt: { params: ['any', 'any'], call: ([a, b]) => compareValues(a, b) < 0 },
  le: { params: ['any', 'any'], call: ([a, b]) => compareValues(a, b) <= 0 },
  gt: { params: ['any', 'any'], call: ([a, b]) => compareValues(a, b) > 0 },
  ge: { params: ['any', 'any'], call: ([a, b]) => compareValues(a, b) >= 0 },
  len: { params: ['any'], call: ([value]) => BigInt(lengthOf(value)) },
  index: { params: ['any'], rest: 'any', call: ([value, ...keys]) => keys.reduce<Value>(indexValue, value) },
  slice: { params: ['any'], rest: 'any', call: ([value, ...bounds]) => sliceValue(value, bounds) },
  print: { params: [], rest: 'any', call: printSpaced },
  println: { params: [], rest: 'any', call: (args) => `${args.map(printValue).join(' ')}\n` },
  printf: { params: ['string'], rest: 'any', call: ([format, ...args]) => sprintf(text(format), args) },
  html: { params: [], rest: 'any', call: (args) => escapeHtml(printSpaced(args)) },
  js: { params: [], rest: 'any', call: (args) => escapeJs(printSpaced(args)) },
  urlquery: { params: [], rest: 'any', call: (args) => escapeQuery(printSpaced(args)) },
}

const functions: ReadonlyMap<string, TemplateFunction> = new Map(
  Object.entries({ ...builtin, ...prometheus }),
)

/** The names of all functions a template may call. */
export const functionNames: ReadonlySet<string> = new Set(functions.keys())

export function findFunction(name: string): TemplateFunction | undefined {
  return functions.get(name)
}

/** Whether an argument may be given for a parameter. */
export function accepts(param: Param, value: Value): boolean {
  if (param === 'any') return true
  if (param === 'string') return typeof value === 'string'
  if (param === 'list') return isList(value)
  return typeName(value) === 'template.sample'
}

export const PARAM_TYPES: Readonly<Record<Param, string>> = {
  any: 'interface {}',
  string: 'string',
  sample: '*template.sample',
  list: 'template.queryResult',
}

function labelOf(of: Value, name: string): Value {
  const labels = sample(of).fields['Labels']
  return indexValue(labels, name)
}

function lengthOf(value: Value): number {
  if (isList(value)) return value.length
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (typeof value === 'object' && value?.kind === 'map') return Object.keys(value.entries).length
  throw new TypeError(`len of type ${typeName(value)}`)
}

function indexValue(value: Value, key: Value): Value {
  if (isList(value)) {
    const at = typeof key === 'bigint' ? Number(key) : -1
    if (typeof key !== 'bigint') throw new TypeError(`cannot index slice/array with type ${typeName(key)}`)
    if (at < 0 || at >= value.length) throw new RangeError(`index out of range: ${at}`)
    return value[at]
  }
  if (typeof value === 'object' && value?.kind === 'map') {
    if (typeof key !== 'string') throw new TypeError(`value has type ${typeName(key)}; should be string`)
    return Object.hasOwn(value.entries, key) ? value.entries[key] : value.zero
  }
  throw new TypeError(`can't index item of type ${typeName(value)}`)
}

function sliceValue(value: Value, bounds: readonly Value[]): Value {
  const [from = 0n, to] = bounds
  const size = lengthOf(value)
  const [start, end] = [Number(from), to === undefined ? size : Number(to)]
  if (!(start >= 0 && start <= end && end <= size)) throw new RangeError(`index out of range: ${end}`)
  if (isList(value)) return value.slice(start, end)
  if (typeof value === 'string') return Buffer.from(value).subarray(start, end).toString()
  throw new TypeError(`can't slice item of type ${typeName(value)}`)
}

/** Go's Sprint: a space between two operands when neither is a string. */
function printSpaced(args: readonly Value[]): string {
  return args
    .map((arg, i) => {
      const before = args[i - 1]
      const spaced = i > 0 && typeof arg !== 'string' && typeof before !== 'string'
      return (spaced ? ' ' : '') + printValue(arg)
    })
    .join('')
}

/** Go's url.QueryEscape: a space is a plus sign, and all but letters, digits and `-_.~` is encoded. */
function escapeQuery(value: string): string {
  return encodeURIComponent(value.toWellFormed())
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}

/** Go's JSEscapeString. */
function escapeJs(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
  return value.replace(/[\\'"<>&=\u0000-\u001f\u007f]/g, (c) =>
    '\\\'"'.includes(c) ? `\\${c}` : `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  )
}

function escapeHtml(value: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&#34;',
    "'": '&#39;',
    '\0': '\ufffd',
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Go replaces NUL
  return value.replace(/[&<>"'\u0000]/g, (c) => entities[c] ?? c)
}
