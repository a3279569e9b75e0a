import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryMetrics, arbitraryTraces } from '../../../test/otlp/arbitrary-otlp.ts'
import { encodeJson, encodeProtobuf, type OtlpRequest } from '../../../test/otlp/encode-otlp.ts'
import type { Span } from '../model/span.ts'
import { OtlpError } from '../otlp-error.ts'
import type { Encoding } from './open-body.ts'
import { readMetrics } from './read-metrics.ts'
import { readTraces } from './read-traces.ts'

const WANTED = new Set(['http.request.method', 'http.route'])

/** Everything that a reader gives, as plain data. */
function traces(body: Buffer, encoding: Encoding) {
  const read = []
  for (const { resource, spans } of readTraces(body, encoding, WANTED))
    read.push({ resource, spans: [...spans].map(plainSpan) })
  return read
}

function plainSpan(span: Span) {
  return {
    name: span.name,
    kind: span.kind,
    status: [span.status, span.statusMessage],
    times: [span.startMs, span.endMs, span.durationMs],
    ids: [span.traceId, span.spanId, span.parentSpanId, span.hasLocalParent],
    wanted: span.wanted,
    attributes: span.attributes(),
    exception: span.exception(),
  }
}

function metrics(body: Buffer, encoding: Encoding) {
  const read = []
  for (const { resource, scope, metrics: list } of readMetrics(body, encoding))
    for (const { data, ...metric } of list)
      read.push({ resource, scope, ...metric, data: data && { ...data, points: [...data.points] } })
  return read
}

const KINDS = [
  { name: 'TraceRequest', arbitrary: arbitraryTraces, read: traces },
  { name: 'MetricsRequest', arbitrary: arbitraryMetrics, read: metrics },
] as const

describe.each(KINDS)('a $name', ({ name, arbitrary, read }) => {
  it('says the same in protobuf and in JSON, however that is laid out', () => {
    fc.assert(
      fc.property(arbitrary, fc.constantFrom('', ' ', '\t\n'), (request, space) => {
        const json = Buffer.from(JSON.stringify(disguise(request), null, space))
        expect(read(json, 'json')).toEqual(read(encodeProtobuf(name, request), 'protobuf'))
      }),
      { numRuns: 500 },
    )
  })

  it('that is cut off or changed is refused, or read as something else', () => {
    const tampering = fc.record({ at: fc.nat(), cut: fc.boolean(), byte: fc.nat(255) })
    fc.assert(
      fc.property(arbitrary, fc.boolean(), tampering, (request, json, { at, cut, byte }) => {
        const body = json ? encodeJson(request) : encodeProtobuf(name, request)
        const place = at % (body.length + 1)
        const spoilt = cut ? body.subarray(0, place) : Buffer.from(body)
        if (!cut && place < spoilt.length) spoilt[place] = byte
        try {
          read(spoilt, json ? 'json' : 'protobuf')
        } catch (error) {
          expect(error).toBeInstanceOf(OtlpError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('of random bytes is refused, or empty', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, json) => {
        try {
          read(Buffer.from(bytes), json ? 'json' : 'protobuf')
        } catch (error) {
          expect(error).toBeInstanceOf(OtlpError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

/** The same request with what a reader has to overlook: other fields, nulls, another order. */
function disguise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(disguise)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value as OtlpRequest).map(([key, field]) => [key, disguise(field)])
  return Object.fromEntries([
    ['somethingNew', { list: [1, { deep: null }], text: '\u00e9"' }],
    ...fields.reverse(),
    ['schemaUrl', null],
  ])
}

describe('a span', () => {
  const span = (fields: OtlpRequest) => ({
    resourceSpans: [{ scopeSpans: [{ spans: [fields] }] }],
  })
  const only = (fields: OtlpRequest) => traces(encodeJson(span(fields)), 'json')[0]?.spans[0]

  it('has a duration that is exact to the nanosecond', () => {
    const times = { startTimeUnixNano: '1700000000123456789', endTimeUnixNano: '1700000001123456790' }
    expect(only(times)?.times).toEqual([1_700_000_000_123, 1_700_000_001_123, 1000.000001])
    const body = encodeProtobuf('TraceRequest', span(times))
    expect(traces(body, 'protobuf')[0]?.spans[0]?.times).toEqual([
      1_700_000_000_123, 1_700_000_001_123, 1000.000001,
    ])
  })

  it('gives its last exception', () => {
    const event = (name: string, message: string) => ({
      name,
      attributes: [{ key: 'exception.message', value: { stringValue: message } }],
    })
    const events = [event('exception', 'first'), event('exception', 'second'), event('log', 'third')]
    expect(only({ events })?.exception).toEqual({ type: undefined, message: 'second' })
  })

  it('keeps integers exact that a number cannot hold', () => {
    const attributes = [{ key: 'n', value: { intValue: '-9223372036854775808' } }]
    const request = span({ attributes })
    for (const read of [
      traces(encodeJson(request), 'json'),
      traces(encodeProtobuf('TraceRequest', request), 'protobuf'),
    ])
      expect(read[0]?.spans[0]?.attributes.get('n')).toBe(-(2n ** 63n))
  })
})

describe('what is refused', () => {
  it.each([
    [
      'an object where a list belongs',
      '{"resourceSpans":{}}',
      /at byte 17 \(resourceSpans\).*a list is expected/,
    ],
    [
      'base64 ids',
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"W47/95gDgQPSabYzgTrCgg=="}]}]}]}',
      /32 hexadecimal digits/,
    ],
    [
      'no time',
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"soon"}]}]}]}',
      /nanoseconds since 1970/,
    ],
    [
      'a kind that is none',
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":"SERVER"}]}]}]}',
      /SPAN_KIND_…/,
    ],
    ['something behind the end', '{} x', /nothing more is expected/],
    ['no end', '{"resourceSpans":[', /the body ends/],
    ['no JSON at all', 'hello', /an object is expected/],
    ['nothing', '', /an object is expected/],
  ])('%s is named with its place', (_, body, message) => {
    expect(() => traces(Buffer.from(body), 'json')).toThrow(message)
  })

  it('is what is nested too deeply, in either encoding and wherever it is', () => {
    let value: OtlpRequest = { stringValue: 'x' }
    for (let i = 0; i < 40; i++) value = { arrayValue: { values: [value] } }
    const request = { resourceSpans: [{ resource: { attributes: [{ key: 'deep', value }] } }] }
    const tooDeep = expect.objectContaining({ code: 'too_deep' })
    expect(() => traces(encodeJson(request), 'json')).toThrow(tooDeep)
    expect(() => traces(encodeProtobuf('TraceRequest', request), 'protobuf')).toThrow(tooDeep)
    const unknown = Buffer.from(`{"other":${'['.repeat(1_000_000)}`)
    expect(() => traces(unknown, 'json')).toThrow(tooDeep)
  })

  it.each([
    ['a length that is longer than the body', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a length of 64 bits', [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
    ['a number without an end', [0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80]],
    ['field 0', [0x00, 0x00]],
    ['a group', [0x0b, 0x0c]],
    ['another type than the field has', [0x08, 0x01]],
  ])('is %s', (_, bytes) => {
    expect(() => traces(Buffer.from(bytes), 'protobuf')).toThrow(
      expect.objectContaining({ code: 'invalid_protobuf' }),
    )
  })
})
