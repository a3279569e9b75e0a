import fc from 'fast-check'
import { call, type Expr, type Modifiers, number, type Selector } from './expr.ts'
import { DATA_END_MS, DATA_START_MS } from './generate-data.ts'

const COUNTERS = ['http_requests_total', 'errors_total', 'latency_seconds_bucket']
const GAUGES = ['temperature', 'temperature', 'queue_depth', 'up', 'limits', 'build_info', 'odd_bucket']
const LABELS = ['job', 'instance', 'method', 'code', 'zone', 'version', 'le', 'team', 'missing']

const ANY_METRIC = [
  'job="api"',
  'job!="db"',
  'job=~"a.+|web"',
  'job!~"w.*"',
  'zone=~".*"',
  'missing=""',
  'missing="x"',
]
const ANY_TARGET = [...ANY_METRIC, 'instance="a:1"', 'instance=~"[ab]:1"', 'instance!~"b.*"']

/** By metric, what some of its series satisfy, and now and then none. */
const MATCHERS: Readonly<Record<string, readonly string[]>> = {
  http_requests_total: [...ANY_TARGET, 'code=~"5..|404"', 'code!=""', 'method="GET"', 'method=""'],
  latency_seconds_bucket: [...ANY_TARGET, 'le="0.5"', 'le!="+Inf"', 'le=~"0.*"'],
  temperature: [...ANY_TARGET, 'zone=~".+"', 'zone=""', 'zone!~"(?i:EU)"'],
  build_info: [...ANY_TARGET, 'version=~"1\\\\.(9|10)"', 'version!="1.9"'],
  limits: ANY_METRIC,
  odd_bucket: [...ANY_METRIC, 'le=~"[0-9.e]+"', 'le!="none"'],
}

/** Names that a regular expression selects together; the last ones differ in nothing but the name. */
const NAME_PATTERNS = [
  '__name__=~"temperature|queue_depth"',
  '__name__=~"limits|odd_bucket"',
  '__name__=~"queue_depth|up"',
]

export const labelSets = fc.uniqueArray(fc.constantFrom(...LABELS), { maxLength: 3 })

/** Once in `rarity` times; nothing otherwise. */
const sometimes = <T>(rarity: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: rarity - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

/** Whole tens of seconds: no step of a subquery then falls on the bound of a window. */
const offsets = fc.constantFrom('10s', '1m', '-2m', '5m', '1h', '-20s', '3m10s')

const atTimes = fc.oneof(
  fc.constantFrom('start()', 'end()'),
  fc.integer({ min: DATA_START_MS / 10_000, max: DATA_END_MS / 10_000 }).map((tens) => String(tens * 10)),
)

export const modifiers: fc.Arbitrary<Modifiers> = fc
  .tuple(sometimes(6, offsets), sometimes(8, atTimes))
  .map(([offset, at]) => ({ ...(offset !== undefined && { offset }), ...(at !== undefined && { at }) }))

const selectors = (names: readonly string[]): fc.Arbitrary<Selector> =>
  fc.constantFrom(...names).chain((name) => {
    const matchers = fc.subarray([...(MATCHERS[name] ?? ANY_TARGET)], { minLength: 1, maxLength: 2 })
    return fc.tuple(sometimes(3, matchers), modifiers).map(([matching, modified]) => ({
      kind: 'selector',
      name,
      matchers: matching ?? [],
      args: [],
      ...modified,
    }))
  })

const bySeveralNames: fc.Arbitrary<Selector> = fc
  .tuple(fc.constantFrom(...NAME_PATTERNS), modifiers)
  .map(([pattern, modified]) => ({ kind: 'selector', name: '', matchers: [pattern], args: [], ...modified }))

export const instantSelectors: fc.Arbitrary<Selector> = fc.oneof(
  { weight: 10, arbitrary: selectors(GAUGES) },
  { weight: 6, arbitrary: selectors(COUNTERS) },
  { weight: 1, arbitrary: bySeveralNames },
)

const ranges = fc.constantFrom('20s', '30s500ms', '1m', '90s', '2m', '5m', '10m', '1h')

const over = (selector: fc.Arbitrary<Selector>): fc.Arbitrary<Selector> =>
  fc.tuple(selector, ranges).map(([inner, range]) => ({ ...inner, range }))

export const rangeSelectors = over(instantSelectors)
export const counterRanges = over(selectors(COUNTERS))

/** Three seconds past whole tens, beside steps of whole tens: for the same reason as offsets. */
export const subqueryRanges = fc.constantFrom('33s', '1m3s', '2m33s', '5m3s', '15m3s')
export const subquerySteps = fc.constantFrom(undefined, '10s', '30s', '50s', '1m', '3m')

export const numbers: fc.Arbitrary<Expr> = fc
  .constantFrom(
    '0',
    '1',
    '2',
    '3',
    '-1',
    '0.5',
    '2.5',
    '-0.25',
    '10',
    '100',
    '1e3',
    '0x1f',
    'Inf',
    '-Inf',
    'NaN',
  )
  .map(number)

export const quantiles: fc.Arbitrary<Expr> = fc
  .constantFrom('0', '0.25', '0.5', '0.9', '0.99', '1', '-1', '2', 'NaN')
  .map(number)

export const constants: fc.Arbitrary<Expr> = fc.oneof(
  { weight: 6, arbitrary: numbers },
  { weight: 1, arbitrary: fc.constantFrom(call('time'), call('pi')) },
)
