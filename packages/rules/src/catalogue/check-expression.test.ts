import type { MetricDefinition } from '@tocsin/contract'
import { describe, expect, test } from 'vitest'
import { parseRuleFile } from '../parse-rule-file.ts'
import { checkExpression } from './check-expression.ts'
import { checkRules } from './check-rules.ts'
import { knownMetrics } from './known-metrics.ts'

const metric = (name: string, type: MetricDefinition['type'], labels: readonly string[]) => ({
  name,
  type,
  labels,
  help: 'Help.',
})
const known = knownMetrics([
  metric('requests_total', 'counter', ['route', 'code']),
  metric('took_seconds', 'histogram', ['route']),
  metric('size_bytes', 'summary', []),
  metric('limit', 'gauge', ['route']),
])

const faults = (source: string) =>
  checkExpression(source, known).faults.map(({ text, reason }) => `${text}: ${reason}`)
const labels = (source: string) =>
  [...(checkExpression(source, known).labels ?? ['anything'])].sort().join(' ')

describe('an expression', () => {
  test.each([
    'rate(requests_total{code=~"5.."}[5m])',
    'sum by (route) (rate(requests_total[5m])) / on (route) group_left () limit',
    'histogram_quantile(0.9, sum by (route, le) (rate(took_seconds_bucket[5m])))',
    'took_seconds_sum / took_seconds_count',
    'size_bytes{quantile="0.5"}',
    'sum without (code) (requests_total) > 2 * limit',
    'limit unless on (route) max by (route) (last_over_time(requests_total[1m]))',
    '{__name__=~"took_.*", route="/"}',
    'label_replace(limit, "short", "$1", "route", "/(.*)")',
    'count_values by (route) ("value", limit)',
    'topk(3, count by (__name__) ({__name__=~"took_.*"}))',
    'absent(limit{route="/"}) == 1 or on (route) limit',
    'ALERTS{alertstate="firing",anything="x"}',
    'up{job="shop"} == 0',
    'vector(1) + time() > scalar(sum(limit))',
    'max_over_time(rate(requests_total[1m])[5m:1m])',
  ])('that asks for what there is has no fault: %s', (source) => {
    expect(faults(source)).toEqual([])
  })

  test.each([
    ['request_total', 'request_total: no such metric is in the catalogue'],
    ['took_seconds', 'took_seconds: no such metric is in the catalogue'],
    ['{__name__=~"nothing_.*"}', 'no such metric'],
    [
      'requests_total{status="500"}',
      'the metric has not the label status; there are code, instance, route, service',
    ],
    ['sum by (method) (requests_total)', 'what is grouped has not the label method'],
    [
      'sum by (route) (sum by (code) (requests_total))',
      'what is grouped has not the label route; there are code',
    ],
    ['sum(requests_total) * on (route) limit', 'one side has not the label route; there are none'],
    ['requests_total * on (route) group_left (owner) limit', 'the side of one has not the label owner'],
    [
      'sum by (route) (requests_total) / limit',
      'only one side has instance, service, so that the two never match',
    ],
    ['histogram_quantile(0.9, sum by (route) (took_seconds_bucket))', 'a histogram needs its buckets'],
    ['label_replace(limit, "a", "$1", "path", "(.*)")', 'there is not the label path'],
  ])('that asks for what there is not is told so: %s', (source, expected) => {
    expect(faults(source).join()).toContain(expected)
  })

  test.each([
    ['requests_total', 'code instance route service'],
    ['sum(requests_total)', ''],
    ['sum by (route) (requests_total)', 'route'],
    ['topk by (route) (3, requests_total)', 'code instance route service'],
    ['requests_total * ignoring (code) group_left () limit', 'code instance route service'],
    ['requests_total / on (route, service) limit', 'route service'],
    ['histogram_quantile(0.5, took_seconds_bucket)', 'instance route service'],
    ['absent(limit{route="/"})', 'route'],
    ['ALERTS', 'anything'],
    ['1 - limit', 'instance route service'],
  ])('tells the labels of its results: %s', (source, expected) => {
    expect(labels(source)).toBe(expected)
  })
})

describe('rules', () => {
  const check = (rules: string) =>
    checkRules(parseRuleFile('f.yml', `groups: [{ name: g, rules: [${rules}] }]`), known).map(
      ({ rule, text, reason }) => `${rule}: ${text}: ${reason}`,
    )

  test('read what earlier ones record, with its labels', () => {
    const record =
      '{ record: "route:requests:rate", expr: "sum by (route) (rate(requests_total[1m]))", labels: { a: b } }'
    expect(check(`${record}, { alert: A, expr: 'route:requests:rate{a="b"} > 1' }`)).toEqual([])
    expect(check(`${record}, { alert: A, expr: 'route:requests:rate{code="500"} > 1' }`)).toEqual([
      'A: route:requests:rate{code="500"}: the metric has not the label code; there are a, route',
    ])
    expect(check('{ alert: A, expr: "route:requests:rate > 1" }')).toHaveLength(1)
  })

  test('show labels that their alerts have, and look up what there is', () => {
    const alert = (text: string) =>
      `{ alert: A, expr: 'sum by (route) (limit) > 1', annotations: { summary: '${text}' } }`
    expect(check(alert('{{ $labels.route }}'))).toEqual([])
    expect(check(alert('{{ $labels.code }}'))).toEqual([
      'A: summary: $labels.code: the alert has no such label',
    ])
    expect(
      check(alert('{{ range query (printf "limit{route=%q}" $labels.route) }}{{ .Value }}{{ end }}')),
    ).toEqual([])
    expect(check(alert('{{ range query "limits" }}{{ .Value }}{{ end }}'))).toEqual([
      'A: limits: no such metric is in the catalogue',
    ])
  })
})
