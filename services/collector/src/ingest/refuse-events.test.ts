import { createMetricReader } from '@tocsin/contract'
import type { Refusal } from '@tocsin/runtime'
import { createHead, createIngester } from '@tocsin/tsdb'
import { expect, it } from 'vitest'
import { findRefused, keepRefused } from './refuse-events.ts'

const policy = { detailOf: ({ detail }: { detail: string }) => detail, isKept: () => true }

function lettersOf(json: unknown): Refusal[] {
  const letters: Refusal[] = []
  const message = createMetricReader().readJson(json)
  keepRefused({ refusePart: (refusal) => letters.push(refusal) }, message, findRefused(message, []), policy)
  return letters
}

const good = { name: 'orders_total', type: 'counter', value: 1 }

it('keeps of a message only what was refused', () => {
  const bad = { ...good, name: 'no name' }
  expect(lettersOf([good, bad])).toMatchObject([{ reason: 'invalid_name', body: JSON.stringify([bad]) }])
})

it('keeps the whole message where the refused part is nested too deeply to be written', () => {
  const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000))
  const [letter] = lettersOf([deep, good])
  expect(letter).toMatchObject({ reason: 'not_an_event' })
  expect(letter?.body).toBeUndefined()
})

it('describes the refused samples of a batch that goes on with a dictionary', () => {
  const head = createHead({ maxSeriesPerMetric: 1 })
  const ingester = createIngester(head)
  const reader = createMetricReader()
  const context = { receivedAtMs: Date.parse('2026-03-01T12:00:00Z'), source: 'shop' }
  const batch = {
    ...{ v: 1, id: 'b1', time: '2026-03-01T12:00:00.000Z', source: 'shop' },
    dictionary: { publisher: 'p', edition: 0, metrics: 0, series: 0 },
    metrics: [{ name: 'orders', type: 'gauge' }],
    series: [
      [0, { region: 'eu' }],
      [0, { region: 'us' }],
    ],
    samples: [],
  }
  ingester.take(reader.readJson(batch), context)
  const second = {
    ...batch,
    dictionary: { publisher: 'p', edition: 0, metrics: 1, series: 2 },
    ...{
      metrics: [],
      series: [],
      samples: [
        [0, 1],
        [1, 2],
      ],
    },
  }
  const reading = reader.readJson(second)
  const refused = findRefused(reading, ingester.take(reading, context).refused)
  const letters: Refusal[] = []
  keepRefused({ refusePart: (refusal) => letters.push(refusal) }, reading, refused, policy)
  expect(letters).toMatchObject([{ reason: 'series_limit_metric' }])
  expect(JSON.parse(String(letters[0]?.body))).toEqual({
    ...{ v: 1, id: 'b1', time: '2026-03-01T12:00:00.000Z', source: 'shop' },
    metrics: [{ name: 'orders', type: 'gauge' }],
    series: [[0, { region: 'us' }]],
    samples: [[0, 2]],
  })
})
