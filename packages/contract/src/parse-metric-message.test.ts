import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseMetricMessage } from './parse-metric-message.ts'
import { sampleMetricBatch, sampleMetricEvent } from './sample-events.ts'

const good = sampleMetricEvent

describe('a metric message', () => {
  it('may be one event, an array or a batch', () => {
    expect(parseMetricMessage(good)).toEqual({ events: [good], batch: undefined, faults: [] })
    expect(parseMetricMessage([good, good]).events).toHaveLength(2)
    expect(parseMetricMessage(sampleMetricBatch).batch).toEqual(sampleMetricBatch)
  })

  it.each([
    ['a text', 'hello', 'not_an_event'],
    ['null', null, 'not_an_event'],
    ['a name with spaces', { ...good, name: 'my metric' }, 'invalid_name'],
    ['no name', { type: 'gauge', value: 1 }, 'invalid_name'],
    ['an unknown type', { ...good, type: 'meter' }, 'invalid_type'],
    ['NaN as text', { ...good, value: 'NaN' }, 'invalid_value'],
    ['NaN', { ...good, value: Number.NaN }, 'invalid_value'],
    ['a value past all numbers', { ...good, value: Number.POSITIVE_INFINITY }, 'invalid_value'],
    ['a counter that goes down', { ...good, value: -1 }, 'invalid_value'],
    ['a label named __name__', { ...good, labels: { __name__: 'x' } }, 'reserved_label'],
    ['a label name with a dash', { ...good, labels: { 'a-b': 'x' } }, 'invalid_label'],
    ['a label that is a number', { ...good, labels: { a: 1 } }, 'invalid_label'],
    ['a misspelt field', { ...good, lables: {} }, 'unknown_field'],
    ['a time that is none', { ...good, time: 'yesterday' }, 'invalid_time'],
    ['buckets that do not ascend', { ...good, type: 'histogram', buckets: [2, 1] }, 'invalid_field'],
  ] as const)('refuses %s and says why', (_, event, reason) => {
    const { events, faults } = parseMetricMessage(event)
    expect(events).toEqual([])
    expect(faults).toMatchObject([{ index: 0, reason }])
    expect(faults[0]?.detail).not.toBe('')
  })

  it('keeps the valid events of an array, and names the others by their place', () => {
    const { events, faults } = parseMetricMessage([good, { ...good, name: '' }, good])
    expect(events).toHaveLength(2)
    expect(faults).toMatchObject([{ index: 1, reason: 'invalid_name' }])
  })

  it.each([
    ['a series without a number', { series: [['0', {}]] }],
    ['a sample without a value', { samples: [[0]] }],
    ['a bucket count below zero', { samples: [[1, [-1, 2, 3], 3]] }],
    ['no envelope', { id: undefined }],
  ])('refuses a batch with %s', (_, change) => {
    const { batch, faults } = parseMetricMessage({ ...sampleMetricBatch, ...change })
    expect(batch).toBeUndefined()
    expect(faults).toMatchObject([{ reason: 'invalid_batch' }])
  })

  it('never throws, and accounts for every element', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const { events, batch, faults } = parseMetricMessage(json)
        const given = Array.isArray(json) ? json.length : 1
        expect(events.length + faults.length + (batch ? 1 : 0)).toBe(given)
      }),
    )
  })
})
