import { describe, expect, it } from 'vitest'
import { fillVariables, stepFor } from './fill-variables.ts'

const moment = { rangeMs: 3_600_000, intervalMs: 15_000, scrapeMs: 15_000, values: { service: 'shop|mail' } }

describe('variables of a query', () => {
  it.each([
    ['rate(a{service=~"$service"}[$__rate_interval])', 'rate(a{service=~"shop|mail"}[60s])'],
    [
      'a{service=~"${service:regex}"} + b{service=~"[[service]]"}',
      'a{service=~"shop|mail"} + b{service=~"shop|mail"}',
    ],
    ['increase(a[$__range]) / $__range_s', 'increase(a[3600s]) / 3600'],
    ['a[$__interval]', 'a[15s]'],
    ['label_replace(a, "b", "$1", "c", "(.*)")', 'label_replace(a, "b", "$1", "c", "(.*)")'],
  ])('%s', (text, expected) => {
    expect(fillVariables(text, moment)).toEqual({ expr: expected, unknown: [] })
  })

  it('that nobody defines are named', () => {
    expect(fillVariables('a{b="$c"}', moment).unknown).toEqual(['c'])
  })

  it('hold four scrapes in $__rate_interval, however short the step', () => {
    expect(fillVariables('$__rate_interval', { ...moment, intervalMs: 1000 }).expr).toBe('60s')
    expect(fillVariables('$__rate_interval', { ...moment, intervalMs: 120_000 }).expr).toBe('135s')
  })
})

describe('the step of a query', () => {
  it.each([
    [3_600_000, 1000, 15_000, 15_000],
    [900_000, 1000, 1000, 1000],
    [6 * 3_600_000, 1000, 15_000, 30_000],
  ])('over %s ms in %s points is round, and never shorter than a scrape', (range, points, scrape, step) => {
    expect(stepFor(range, points, scrape)).toBe(step)
  })
})
