import { createSubjects } from '@tocsin/contract'
import { createHead } from '@tocsin/tsdb'
import { expect, it } from 'vitest'
import { createSeriesGates } from './series-gate.ts'

const limits = {
  METRICS_MAX_SERIES: 1000,
  METRICS_MAX_SERIES_PER_METRIC: 2,
  METRICS_MAX_SERIES_PER_SOURCE: 4,
  METRICS_MAX_BYTES: 1e9,
}

function openGate(sentAs = 'eu/prometheus') {
  const head = createHead({ maxSeriesPerMetric: 2, maxSeriesPerSource: 4 })
  let isThere = true
  const gateOf = createSeriesGates({
    head: () => (isThere ? head : undefined),
    limits,
    now: () => 0,
    subjects: createSubjects(),
  })
  const hold = (name: string, more = {}) =>
    head.intern({ __name__: name, job: 'a', ...more }, 'eu/prometheus')
  return { head, gate: gateOf(sentAs), hold, hide: () => (isThere = false) }
}

const labels = (more = {}) => JSON.stringify({ job: 'a', ...more })

it('lets through what there is room for, and knows what the head has', () => {
  const { gate, hold } = openGate()
  expect(gate('up', labels())).toBeUndefined()
  hold('up')
  expect(gate('up', labels())).toBe('held')
  expect(gate('up', labels({ zone: 'b' }))).toBeUndefined()
})

it('refuses a new series of a metric that is full, in words, and the head counts it; others go on', () => {
  const { head, gate, hold } = openGate()
  hold('clicks_total', { user: '1' })
  hold('clicks_total', { user: '2' })
  expect(gate('clicks_total', labels({ user: '1' }))).toBe('held')
  expect(gate('clicks_total', labels({ user: '3' }))).toEqual({
    reason: 'series_limit_metric',
    detail: expect.stringMatching(/^metric clicks_total .* label user .* METRICS_MAX_SERIES_PER_METRIC$/),
  })
  expect(gate('orders_total', labels())).toBeUndefined()
  expect(head.stats().overflow).toEqual([
    { reason: 'series_limit_metric', name: 'clicks_total', refusals: 1 },
  ])
})

it('counts what a source has under its own name, whatever signs it holds', () => {
  const { gate, hold } = openGate()
  for (const name of ['a', 'b', 'c', 'd']) hold(name)
  expect(gate('e', labels())).toMatchObject({
    reason: 'series_limit_source',
    detail: expect.stringContaining('source eu/prometheus has its 4 series'),
  })
  expect(gate('d', labels())).toBe('held')
})

it('knows a native histogram by its parts', () => {
  const { gate, hold } = openGate()
  for (const part of ['bucket', 'sum', 'count', 'other']) hold(`took_seconds_${part}`)
  expect(gate('took_seconds', labels())).toBe('held')
})

it('refuses nothing before the head is up to date', () => {
  const { gate, hold, hide } = openGate()
  for (const name of ['a', 'b', 'c', 'd']) hold(name)
  hide()
  expect(gate('e', labels())).toBeUndefined()
})
