import { expect, it, test } from 'vitest'
import { createMetadataBook, type FamilyKind, kindOf } from './metadata-book.ts'

const family = (kind: FamilyKind, help = '', unit = '') => ({ kind, help, unit })
const said = (list: readonly { readonly json: string }[]) => list.map(({ json }) => JSON.parse(json))

test.each<readonly [FamilyKind, string, string, object]>([
  ['counter', 'orders_total', 'orders_total', { name: 'orders_total', type: 'counter' }],
  ['counter', 'orders', 'orders_total', { name: 'orders_total', type: 'counter' }],
  ['gauge', 'level', 'level', { name: 'level', type: 'gauge' }],
  ['histogram', 'took', 'took_bucket', { name: 'took', type: 'histogram' }],
  ['histogram', 'took', 'took_sum', { name: 'took', type: 'histogram' }],
  ['histogram', 'took', 'took', { name: 'took', type: 'histogram' }],
  ['gaugehistogram', 'took', 'took_count', { name: 'took', type: 'histogram' }],
  ['summary', 'took', 'took', { name: 'took', type: 'summary' }],
  ['summary', 'took', 'took_count', { name: 'took', type: 'summary' }],
  ['info', 'build', 'build_info', { name: 'build_info', type: 'gauge' }],
  ['stateset', 'state', 'state', { name: 'state', type: 'gauge' }],
  ['unknown', 'what', 'what', { name: 'what', type: 'untyped' }],
])('a %s %s is said of %s, whenever it is learned', (kind, name, series, expected) => {
  const before = createMetadataBook()
  const known = before.level(series)
  expect(JSON.parse(known.json)).toEqual({ name: series, type: 'untyped' })
  expect(said(before.learnFamily(name, family(kind, 'Help.', 'seconds')))).toEqual([
    { ...expected, help: 'Help.', unit: 'seconds' },
  ])
  expect(before.learnFamily(name, family(kind, 'Help.', 'seconds'))).toEqual([])

  const after = createMetadataBook()
  expect(after.learnFamily(name, family(kind))).toEqual([])
  expect(JSON.parse(after.level(series).metadata?.json ?? '')).toEqual(expected)
})

it('says a family of parts once, and nothing of what only looks like its part', () => {
  const book = createMetadataBook()
  for (const suffix of ['_bucket', '_sum', '_count', '_total', '_quantile']) book.level(`took${suffix}`)
  expect(book.learnFamily('took', family('histogram'))).toHaveLength(1)
  expect(book.level('took_total').metadata).toBeUndefined()
  expect(book.level('took_bucket').metadata).toBe(book.level('took_sum').metadata)
  book.learnFamily('took_count', family('gauge'))
  expect(said([book.level('took_count').metadata ?? { json: '' }])).toEqual([
    { name: 'took_count', type: 'gauge' },
  ])
})

it('says again what has changed', () => {
  const book = createMetadataBook()
  const metric = book.level('level')
  const [first] = book.learnFamily('level', family('gauge', 'One.'))
  expect(said(book.learnFamily('level', family('gauge', 'Two.')))).toMatchObject([{ help: 'Two.' }])
  expect(metric.metadata).toBe(first)
  expect(metric.metadata?.edition).toBeUndefined()
})

it('learns from series of version 2', () => {
  const book = createMetadataBook()
  const bucket = book.level('took_bucket')
  expect(said(book.learnSeries(bucket, 'took_bucket', family('histogram', 'Took.')))).toEqual([
    { name: 'took', type: 'histogram', help: 'Took.' },
  ])
  const total = book.level('orders_total')
  expect(said(book.learnSeries(total, 'orders_total', family('counter')))).toEqual([
    { name: 'orders_total', type: 'counter' },
  ])
  expect(book.learnSeries(total, 'orders_total', family('unknown'))).toEqual([])
})

it('has one metric for the same bounds', () => {
  const book = createMetadataBook()
  const metric = book.histogram('took', [1, 2])
  expect(JSON.parse(metric.json)).toEqual({ name: 'took', type: 'histogram', buckets: [1, 2] })
  expect(book.histogram('took', [1, 2])).toBe(metric)
  expect(book.histogram('took', [1, 3])).not.toBe(metric)
  expect(said(book.learnFamily('took', family('histogram', 'Took.')))).toHaveLength(1)
})

it('stays within its bounds', () => {
  const book = createMetadataBook()
  for (let i = 0; i < 50_000; i++) {
    book.level(`level_${i}`)
    book.learnFamily(`family_${i}`, family('gauge', 'x'.repeat(10_000)))
    book.histogram('took', [i])
  }
  expect(book.size()).toBeLessThanOrEqual(40_000)
})

it('knows kinds by their numbers', () => {
  expect([0, 1, 5, 7, 99].map(kindOf)).toEqual(['unknown', 'counter', 'summary', 'stateset', 'unknown'])
})
