import { builtinFunctions } from '../functions/builtin.ts'
import type { Dialect, FunctionSet } from '../functions/dialect.ts'
import { escapeQuery } from '../functions/escape-text.ts'
import {
  humanize,
  humanize1024,
  humanizePercentage,
  humanizeTimestamp,
  timeOf,
} from '../functions/humanize.ts'
import { indexValue } from '../functions/index-value.ts'
import { ofNumber, ofText, textFunctions } from '../functions/text.ts'
import { ANY, STRING } from '../values/params.ts'
import {
  isKind,
  labelMap,
  listOf,
  type Param,
  type StructValue,
  typeName,
  type Value,
} from '../values/value.ts'
import { durationSeconds } from './duration-seconds.ts'
import type { Sample } from './sample.ts'
import { stripDomain, stripPort } from './strip-address.ts'

/** What a rule's templates may ask of the world outside them. */
export interface TemplateContext {
  /** Runs a query at the time of the evaluation. Throws what makes the expansion fail. */
  readonly query: (expr: string) => readonly Sample[]
  /** The time of the evaluation, in milliseconds. */
  readonly nowMs: number
  readonly externalURL: string
}

const RESULT = 'template.queryResult'
const RESULTS: Param = { type: RESULT, accepts: (value) => typeName(value) === RESULT }
const SAMPLE: Param = {
  type: '*template.sample',
  accepts: (value) => typeName(value) === 'template.sample',
}

const sampleValue = ({ labels, value }: Sample): StructValue => ({
  kind: 'struct',
  type: 'template.sample',
  fields: { Labels: labelMap(labels), Value: value },
})
const itemsOf = (value: Value) => (isKind(value, 'list') ? value.items : [])
const fieldsOf = (value: Value) => (isKind(value, 'struct') ? value.fields : {})
const labelOf = (sample: Value, name: string) => indexValue(fieldsOf(sample)['Labels'], name)

const functions: FunctionSet<TemplateContext> = {
  query: ofText((expr, { query }) => listOf(query(expr).map(sampleValue), RESULT)),
  first: {
    params: [RESULTS],
    call([list]) {
      const [first] = itemsOf(list)
      if (first !== undefined) return first
      throw new RangeError('first() called on vector with no elements')
    },
  },
  label: { params: [STRING, SAMPLE], call: ([name, of]) => labelOf(of, name as string) },
  value: { params: [SAMPLE], call: ([of]) => fieldsOf(of)['Value'] },
  strvalue: { params: [SAMPLE], call: ([of]) => labelOf(of, '__value__') },
  args: {
    params: [],
    rest: ANY,
    call: (args) => ({
      kind: 'map',
      type: 'map[string]interface {}',
      entries: Object.fromEntries(args.map((arg, i) => [`arg${i}`, arg])),
      zero: undefined,
    }),
  },
  sortByLabel: {
    params: [STRING, RESULTS],
    call([name, list]) {
      const key = (item: Value) => String(labelOf(item, name as string))
      const sorted = [...itemsOf(list)].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
      return listOf(sorted, RESULT)
    },
  },
  humanize: ofNumber(humanize),
  humanize1024: ofNumber(humanize1024),
  humanizePercentage: ofNumber(humanizePercentage),
  humanizeTimestamp: ofNumber(humanizeTimestamp),
  toTime: ofNumber((seconds) => ({ kind: 'time', ms: timeOf(seconds), zone: 'UTC' })),
  toDuration: ofNumber((seconds) => ({ kind: 'duration', seconds })),
  now: { params: [], call: (_, { nowMs }) => nowMs / 1000 },
  parseDuration: ofText(durationSeconds),
  title: ofText((text) => text.replace(/(?<![\p{L}\p{Nd}_])\p{L}/gu, (letter) => letter.toUpperCase())),
  stripPort: ofText(stripPort),
  stripDomain: ofText(stripDomain),
  urlQueryEscape: ofText(escapeQuery),
  safeHtml: ofText((text) => text),
  graphLink: ofText((expr) => `/graph?g0.expr=${escapeQuery(expr)}&g0.tab=0`),
  tableLink: ofText((expr) => `/graph?g0.expr=${escapeQuery(expr)}&g0.tab=1`),
  externalURL: { params: [], call: (_, { externalURL }) => externalURL },
  pathPrefix: {
    params: [],
    call: (_, { externalURL }) => new URL(externalURL).pathname.replace(/\/$/, ''),
  },
}

/** The templates of Prometheus' rules: what labels and annotations are written in. */
export const ruleDialect: Dialect<TemplateContext> = {
  functions: new Map(Object.entries({ ...builtinFunctions, ...textFunctions, ...functions })),
  variables: ['$labels', '$externalLabels', '$externalURL', '$value'],
}
