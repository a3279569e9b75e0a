import { createHead } from '@tocsin/tsdb'
import { expect, it } from 'vitest'
import { createLimitAdvice } from './limit-advice.ts'

const limits = {
  METRICS_MAX_SERIES: 1_000_000,
  METRICS_MAX_SERIES_PER_METRIC: 5000,
  METRICS_MAX_SERIES_PER_SOURCE: 8000,
  METRICS_MAX_BYTES: 1024,
}

function explodedHead() {
  const head = createHead()
  for (let i = 0; i < 5000; i++) {
    head.intern({ __name__: 'clicks_total', method: i % 2 ? 'GET' : 'POST', user: `user-${i}` }, 'shop')
    head.intern({ __name__: 'took_seconds_bucket', le: String(i % 10), session: `s${i}` }, 'shop')
  }
  return head
}

it('names the metric, the label that differs most, and what may be raised', () => {
  const advise = createLimitAdvice(explodedHead(), limits)
  expect(advise({ reason: 'series_limit_metric', metric: 'clicks_total', source: 'shop' }, 0)).toBe(
    'metric clicks_total has its 5000 series and gets no more: its label user has 1000 values in 1000 series; take what differs from user to user or request to request out of it, or raise METRICS_MAX_SERIES_PER_METRIC',
  )
})

it.each([
  ['series_limit_source', /^source shop has its 8000 series .* session .* METRICS_MAX_SERIES_PER_SOURCE$/],
  ['series_limit_total', /^the head has its 1000000 series .* took_seconds .* METRICS_MAX_SERIES$/],
  ['byte_limit', /^the head has used its 1024 bytes.* source shop.* METRICS_MAX_BYTES$/],
] as const)('says of %s whose it is, a histogram by its buckets', (reason, expected) => {
  const advise = createLimitAdvice(explodedHead(), limits)
  expect(advise({ reason, metric: 'took_seconds', source: 'shop' }, 0)).toMatch(expected)
})

it('looks again after a minute', () => {
  const head = createHead()
  const advise = createLimitAdvice(head, limits)
  const ask = (atMs: number) =>
    advise({ reason: 'series_limit_metric', metric: 'clicks_total', source: 'shop' }, atMs)
  expect(ask(0)).toContain('labels with fewer values')
  for (let i = 0; i < 10; i++) head.intern({ __name__: 'clicks_total', user: String(i) }, 'shop')
  expect(ask(59_999)).toContain('labels with fewer values')
  expect(ask(60_000)).toContain('its label user has 10 values in 10 series')
})
