import type { SpanEvent } from '@tocsin/contract'
import { describe, expect, test } from 'vitest'
import { decideSpanAlert, type ToldSpan } from './decide-span-alert.ts'

const NOW = 1_800_000_000_000
const limits = { nowMs: NOW, holdMs: 300_000, most: 2 }
const hex = (digits: number, length: number) => String(digits).padStart(length, '0')

function span(id: number, change: Partial<SpanEvent> = {}): SpanEvent {
  return {
    v: 1,
    id: `span-${id}`,
    time: new Date(NOW).toISOString(),
    source: 'shop',
    service: 'shop',
    traceId: hex(id, 32),
    spanId: hex(id, 16),
    name: 'charge',
    kind: 'server',
    status: 'error',
    startedAt: new Date(NOW).toISOString(),
    durationMs: 12.4,
    attributes: {},
    severity: 'high',
    ...change,
  }
}
/** What telling of a span leaves behind. */
function told(one: SpanEvent, agoMs: number, before: readonly ToldSpan[] = []): ToldSpan {
  const decision = decideSpanAlert(one, 'SpanAlert', before, { ...limits, nowMs: NOW - agoMs })
  if (decision.action !== 'tell') throw new Error(`nothing was told: ${decision.reason}`)
  return { labels: decision.labels, lastMs: NOW - agoMs }
}
const decide = (one: SpanEvent, before: readonly ToldSpan[] = []) =>
  decideSpanAlert(one, 'SpanAlert', before, limits)

test('the first one raises an alert that says where it comes from', () => {
  expect(decide(span(1, { statusMessage: 'declined' }))).toEqual({
    action: 'tell',
    reason: 'raised',
    labels: {
      service: 'shop',
      span_name: 'charge',
      span_kind: 'SPAN_KIND_SERVER',
      severity: 'high',
      alert: 'SpanAlert',
      trace_id: hex(1, 32),
      span_id: hex(1, 16),
      message: 'declined',
    },
  })
})

test.each([
  ['its exception', { exception: { type: 'E', message: 'no route' }, statusMessage: 'failed' }, 'no route'],
  ['its status', { exception: { type: 'E' }, statusMessage: 'failed' }, 'failed'],
  ['the type of its exception', { exception: { type: 'E' } }, 'E'],
  ['how it went', {}, 'charge: status error, took 12 ms'],
  ['no more than is read', { statusMessage: 'x'.repeat(1000) }, 'x'.repeat(500)],
] as const)('its message is %s', (_name, change, message) => {
  expect(decide(span(1, change))).toMatchObject({ labels: { message } })
})

describe('beside those that were told', () => {
  const first = told(span(1), 10_000)
  const table: [string, SpanEvent, readonly ToldSpan[], object][] = [
    [
      'another holds the alert, under the first one',
      span(2),
      [first],
      { action: 'tell', reason: 'renewed', labels: first.labels },
    ],
    ['the same span again is nothing', span(1), [first], { action: 'skip', reason: 'repeated' }],
    [
      'the same span is nothing hours later',
      span(1),
      [told(span(1), 3_600_000)],
      { action: 'skip', reason: 'repeated' },
    ],
    [
      'another within a second is nothing',
      span(2),
      [told(span(1), 500)],
      { action: 'skip', reason: 'within_a_second' },
    ],
    [
      'another severity is another alert',
      span(2, { severity: 'low' }),
      [first],
      { reason: 'raised', labels: { severity: 'low' } },
    ],
    [
      'after the hold it is a new one',
      span(2),
      [told(span(1), 300_000)],
      { reason: 'raised', labels: { trace_id: hex(2, 32) } },
    ],
  ]
  test.each(table)('%s', (_name, one, before, expected) => {
    expect(decide(one, before)).toMatchObject(expected)
  })

  test('too many are told as one', () => {
    const two = [first, told(span(2, { name: 'refund' }), 10_000)]
    const third = decide(span(3, { name: 'void' }), two)
    expect(third).toMatchObject({ reason: 'folded', labels: { span_name: '(others)', trace_id: hex(3, 32) } })
    const folded = told(span(3, { name: 'void' }), 5000, two)
    const all = [...two, folded]
    expect(decide(span(4, { name: 'capture' }), all)).toMatchObject({
      reason: 'folded',
      labels: folded.labels,
    })
    expect(decide(span(5), all)).toMatchObject({ reason: 'renewed', labels: first.labels })
    expect(
      decide(span(6, { name: 'void' }), [...two.map((one) => ({ ...one, lastMs: NOW - 400_000 }))]),
    ).toMatchObject({
      reason: 'raised',
    })
  })
})
