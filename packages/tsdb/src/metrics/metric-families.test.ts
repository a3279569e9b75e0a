import { describe, expect, test } from 'vitest'
import { createHead } from '../head.ts'
import { createIngester } from '../ingest/ingester.ts'

const context = (receivedAtMs: number) => ({ receivedAtMs, source: 'shop' })

describe('families', () => {
  test('come by name, a histogram as one, its buckets ascending', () => {
    const head = createHead()
    const ingester = createIngester(head)
    const labels = [{ route: '/b' }, { route: '/a' }]
    for (const one of labels)
      ingester.ingest(
        {
          name: 'latency',
          type: 'histogram',
          value: 7,
          buckets: [5, 10, 100],
          labels: one,
          help: 'How long',
        },
        context(1_000),
      )
    ingester.ingest({ name: 'clicks', type: 'counter', value: 2, unit: 'clicks' }, context(1_000))
    const families = [...head.families()]
    expect(families.map(({ name, type, help, unit }) => [name, type, help, unit])).toEqual([
      ['clicks', 'counter', '', 'clicks'],
      ['latency', 'histogram', 'How long', ''],
    ])
    expect(
      families[1]?.samples.map(({ name, labels, value }) => [labels['route'], labels['le'] ?? name, value]),
    ).toEqual(
      ['/a', '/b'].flatMap((route) => [
        [route, '5', 0],
        [route, '10', 1],
        [route, '100', 1],
        [route, '+Inf', 1],
        [route, 'latency_sum', 7],
        [route, 'latency_count', 1],
      ]),
    )
  })

  test('leave out what is stale or too old, and notice new series', () => {
    const head = createHead()
    const [a, b] = ['1', '2'].map((i) => head.intern({ __name__: 'm', i }))
    if (!a || !b || 'refused' in a || 'refused' in b) throw new Error('refused')
    head.append(a, 1_000, 1)
    head.append(b, 2_000, 2)
    const values = (sinceMs?: number) =>
      [...head.families(sinceMs)].flatMap(({ samples }) => samples.map(({ value }) => value))
    expect(values()).toEqual([1, 2])
    expect(values(1_500)).toEqual([2])
    head.appendStale(b, 3_000)
    expect(values()).toEqual([1])
    const c = head.intern({ __name__: 'm', i: '0' })
    if ('labels' in c) head.append(c, 1_000, 0)
    expect(values()).toEqual([0, 1])
  })
})
