import fc from 'fast-check'
import type { OtlpRequest } from './encode-otlp.ts'

// Requests as OTLP's JSON has them, of every kind and with every field that is read.

const list = <T>(item: fc.Arbitrary<T>, maxLength = 4) => fc.array(item, { maxLength })
const optional = <T extends Record<string, fc.Arbitrary<unknown>>>(fields: T) =>
  fc.record(fields, { requiredKeys: [] })

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', 'GET', 'a"b\\c\n', '\u0000'),
)
const uint64 = fc
  .oneof(fc.bigInt(0n, 1000n), fc.bigInt(0n, 2n ** 64n - 1n))
  .chain((n) => fc.constantFrom<unknown>(String(n), ...(n < 2n ** 53n ? [Number(n)] : [])))
const int64 = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String)
const double = fc
  .double()
  // JSON.stringify has no -0.
  .map((n) => (Number.isFinite(n) ? n + 0 : (String(n) as 'NaN' | 'Infinity' | '-Infinity')))
const count = fc.oneof(fc.nat(100), fc.nat(100).map(String))
const id = (digits: number) =>
  fc.oneof(
    fc.constantFrom('', '0'.repeat(digits)),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: digits, maxLength: digits }),
  )

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.record({ stringValue: text }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: int64 }),
    fc.record({ doubleValue: double }),
    fc.record({ bytesValue: fc.uint8Array({ maxLength: 8 }).map((b) => Buffer.from(b).toString('base64')) }),
    fc.constant({}),
    fc.record({ arrayValue: fc.record({ values: list(tie('value')) }) }),
    fc.record({ kvlistValue: fc.record({ values: list(fc.record({ key: text, value: tie('value') })) }) }),
  ),
}))

const KEYS = [
  'service.name',
  'service.instance.id',
  'http.request.method',
  'http.route',
  'a.b',
  'a_b',
  'é',
  '',
]
const attributes = list(optional({ key: fc.oneof(fc.constantFrom(...KEYS), text), value }))
const resource = optional({ attributes })
const scope = optional({ name: text, version: text, attributes })

const span = optional({
  traceId: id(32),
  spanId: id(16),
  parentSpanId: id(16),
  flags: fc.constantFrom(0, 1, 0x100, 0x300),
  name: text,
  kind: fc.nat(7),
  startTimeUnixNano: uint64,
  endTimeUnixNano: uint64,
  attributes,
  events: list(
    optional({ timeUnixNano: uint64, name: fc.oneof(text, fc.constant('exception')), attributes }),
    2,
  ),
  links: list(optional({ traceId: id(32), spanId: id(16), attributes }), 1),
  status: optional({ code: fc.nat(3), message: text }),
})

const exemplar = fc
  .record({ at: optional({ timeUnixNano: uint64, traceId: id(32), spanId: id(16) }), attributes })
  .chain((head) =>
    fc.constantFrom('asInt', 'asDouble').chain((key) =>
      (key === 'asInt' ? int64 : double).map((number) => ({
        ...head.at,
        filteredAttributes: head.attributes,
        [key]: number,
      })),
    ),
  )
const pointHead = { attributes, startTimeUnixNano: uint64, timeUnixNano: uint64, flags: fc.nat(2) }
const exemplars = list(exemplar, 2)
const buckets = optional({ offset: fc.integer({ min: -50, max: 50 }), bucketCounts: list(count, 8) })

const data = fc.oneof(
  fc.record({
    gauge: fc.record({ dataPoints: list(optional({ ...pointHead, asDouble: double, exemplars })) }),
  }),
  fc.record({
    sum: optional({
      dataPoints: list(optional({ ...pointHead, asInt: int64, exemplars })),
      aggregationTemporality: fc.nat(3),
      isMonotonic: fc.boolean(),
    }),
  }),
  fc.record({
    histogram: optional({
      aggregationTemporality: fc.nat(3),
      dataPoints: list(
        optional({
          ...{ ...pointHead, count, sum: double, bucketCounts: list(count), explicitBounds: list(double) },
          ...{ exemplars, min: double, max: double },
        }),
      ),
    }),
  }),
  fc.record({
    exponentialHistogram: optional({
      aggregationTemporality: fc.nat(3),
      dataPoints: list(
        optional({
          ...{ ...pointHead, count, sum: double, scale: fc.integer({ min: -20, max: 20 }), zeroCount: count },
          ...{ positive: buckets, negative: buckets, zeroThreshold: double, exemplars },
        }),
      ),
    }),
  }),
  fc.record({
    summary: optional({
      dataPoints: list(
        optional({
          ...{ ...pointHead, count, sum: double },
          quantileValues: list(optional({ quantile: double, value: double })),
        }),
      ),
    }),
  }),
  fc.constant({}),
)

const metric = fc
  .record({ head: optional({ name: text, description: text, unit: text }), data })
  .map(({ head, data }) => ({ ...head, ...data }))

export const arbitraryTraces: fc.Arbitrary<OtlpRequest> = fc.record({
  resourceSpans: list(optional({ resource, scopeSpans: list(optional({ scope, spans: list(span) }), 2) }), 2),
})

export const arbitraryMetrics: fc.Arbitrary<OtlpRequest> = fc.record({
  resourceMetrics: list(
    optional({ resource, scopeMetrics: list(optional({ scope, metrics: list(metric) }), 2) }),
    2,
  ),
})
