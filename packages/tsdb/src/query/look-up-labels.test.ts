import { createMatcher } from '@tocsin/promql'
import { describe, expect, test } from 'vitest'
import { createHead } from '../head.ts'

function shopHead() {
  const head = createHead()
  for (const [job, region, time] of [
    ['shop', 'eu', 1_000],
    ['shop', 'us', 5_000],
    ['web', 'eu', 9_000],
  ] as const) {
    const series = head.intern({ __name__: 'up', job, region })
    if ('labels' in series) head.append(series, time, 1)
  }
  head.intern({ __name__: 'never_written', extra: '1' })
  return head
}

describe('look-ups', () => {
  test('list names and values in order', () => {
    const head = shopHead()
    expect(head.labelNames()).toEqual(['__name__', 'extra', 'job', 'region'])
    expect(head.labelValues('region')).toEqual(['eu', 'us'])
    expect(head.labelValues('nothing')).toEqual([])
  })

  test('are narrowed by selectors, any of which may match, and by the range', () => {
    const head = shopHead()
    const shop = [createMatcher('job', '=', 'shop')]
    const eu = [createMatcher('region', '=', 'eu')]
    expect(head.labelNames({ selectors: [shop] })).toEqual(['__name__', 'job', 'region'])
    expect(head.labelValues('region', { selectors: [shop], startMs: 4_000 })).toEqual(['us'])
    expect(
      head.series({ selectors: [shop, eu], endMs: 5_000 }).map(({ labels }) => labels['region']),
    ).toEqual(['eu', 'us'])
    expect(head.series({ startMs: 9_000, endMs: 9_000 }).map(({ labels }) => labels['job'])).toEqual(['web'])
    expect(head.series({ startMs: 9_001 })).toEqual([])
  })
})
