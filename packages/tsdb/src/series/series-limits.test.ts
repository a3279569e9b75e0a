import { describe, expect, test } from 'vitest'
import { createHead } from '../head.ts'

describe('limits of series', () => {
  test('refuse what is beyond them, name it and count it, and leave other metrics alone', () => {
    const head = createHead({ maxSeriesPerMetric: 2 })
    const results = ['a', 'b', 'c', 'd'].map((user) => head.intern({ __name__: 'clicks', user }, 'shop'))
    expect(results.map((result) => 'refused' in result && result.refused)).toEqual([
      false,
      false,
      'series_limit_metric',
      'series_limit_metric',
    ])
    expect(results[2]).toHaveProperty('detail', expect.stringContaining('clicks'))
    expect(head.intern({ __name__: 'clicks', user: 'a' }, 'shop')).toBe(results[0])
    expect(head.intern({ __name__: 'up' }, 'shop')).toHaveProperty('labels')
    expect(head.stats().overflow).toEqual([{ reason: 'series_limit_metric', name: 'clicks', refusals: 2 }])
  })

  test('count by source and in all, and free what was dropped', () => {
    const head = createHead({ maxSeriesPerSource: 1, maxSeries: 2, retentionMs: 1_000 })
    const first = head.intern({ __name__: 'a' }, 'shop')
    if ('labels' in first) head.append(first, 1_000, 1)
    expect(head.intern({ __name__: 'b' }, 'shop')).toHaveProperty('refused', 'series_limit_source')
    const second = head.intern({ __name__: 'b' }, 'web')
    if ('labels' in second) head.append(second, 9_000, 1)
    expect(head.intern({ __name__: 'c' }, 'third')).toHaveProperty('refused', 'series_limit_total')
    head.maintain(9_000)
    expect(head.intern({ __name__: 'c' }, 'shop')).toHaveProperty('labels')
  })

  test('keep only so many names of what overflowed', () => {
    const head = createHead({ maxSeriesPerSource: 0 })
    for (let i = 0; i < 1_500; i++) head.intern({ __name__: 'm' }, `source${i}`)
    const { overflow } = head.stats()
    expect(overflow).toHaveLength(1_001)
    expect(overflow.at(-1)).toEqual({ reason: 'series_limit_source', name: '(others)', refusals: 500 })
  })
})
