import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expandTemplates } from '../expand-rule.ts'
import type { AlertingRule } from '../rule.ts'
import { type OperationThresholds, operationRules } from './operation-rules.ts'
import { dynamicGroup, readRules } from './rule-text.ts'
import { spanAlertRule } from './span-alert-rule.ts'

const surroundings = { windowMs: 300_000, runbooksURL: 'http://localhost:3003/runbooks' }
const thresholds: OperationThresholds = {
  errors: { threshold: 0.05, severity: 'high', note: '5%' },
  latency: { threshold: 1, severity: 'medium', note: '1s' },
  quantile: 0.95,
  minCalls: 20,
  minFailures: 3,
}
const operation = { service: 'shop', name: 'GET /cart', kind: 'SPAN_KIND_SERVER' }
const context = { nowMs: 0, externalURL: '', query: () => [] }

const alertingRules = (...args: Parameters<typeof readRules>) =>
  readRules(...args).filter((rule): rule is AlertingRule => rule.kind === 'alerting')
const labelsOf = (rule: AlertingRule) =>
  expandTemplates(rule.labels, { labels: {}, externalLabels: {}, value: 1 }, context)

test('an operation has a rule for its errors and one for its latency', () => {
  const [errors, latency] = alertingRules(operationRules(operation, thresholds, surroundings))
  expect(errors?.query.text).toMatch(/^\(sum\(.*\) >= 3\) \/ \(sum\(.*\) >= 20\) > 0\.05$/)
  expect(errors?.query.text).toContain('status_code="STATUS_CODE_ERROR"')
  expect(errors?.query.text.match(/service="shop"/g)).toHaveLength(2)
  expect(errors?.keepFiringForMs).toBe(60_000)
  expect(latency?.query.text).toMatch(/^histogram_quantile\(0\.95, .* > 1 and .* >= 20$/)
  expect(errors && labelsOf(errors)).toEqual({
    service: 'shop',
    span_name: 'GET /cart',
    span_kind: 'SPAN_KIND_SERVER',
    severity: 'high',
    category: 'dynamic',
  })
})

test('a signal without a threshold has no rule', () => {
  const rules = operationRules(operation, { ...thresholds, errors: undefined }, surroundings)
  expect(rules.map(({ alert }) => alert)).toEqual(['OperationLatency'])
})

describe('whatever a service, an operation or an alert is called', () => {
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.string({
      unit: fc.constantFrom('{', '}', '"', '`', '\\', '%', '$', '\n', "'", '-', 'q', ' '),
      minLength: 1,
    }),
  )

  test('its labels and texts are that name', () => {
    fc.assert(
      fc.property(name, name, (service, span) => {
        const rules = alertingRules(
          operationRules({ ...operation, service, name: span }, thresholds, surroundings),
        )
        expect(rules).toHaveLength(2)
        for (const rule of rules) {
          expect(labelsOf(rule)).toMatchObject({ service, span_name: span })
          const matchers = rule.query.selectors.flatMap((selector) => selector.matchers)
          expect(new Set(matchers.filter((m) => m.name === 'span_name').map(({ value }) => value))).toEqual(
            new Set([span]),
          )
        }
        expect(dynamicGroup(service, rules).name).toBe(`dynamic/${service}`)
      }),
    )
  })

  test('the alert of its spans looks up the span that raised it', () => {
    fc.assert(
      fc.property(name, name, name, (service, alert, span) => {
        const [rule] = alertingRules([
          spanAlertRule(service, alert, {
            holdMs: 300_000,
            runbooksURL: surroundings.runbooksURL,
            traceURL: 'https://traces.example.com/{traceId}?from=$now',
          }),
        ])
        expect(rule?.name).toBe(alert)
        const asked: string[] = []
        const labels = { service, span_name: span, span_kind: 'k', severity: 'high' }
        const texts = expandTemplates(
          rule?.annotations ?? [],
          { labels, externalLabels: {}, value: 1 },
          {
            ...context,
            query(expr) {
              asked.push(expr)
              return [{ labels: { trace_id: 'abc', message: '{{ broken' }, value: 1 }]
            },
          },
        )
        expect(texts).toMatchObject({
          description: '{{ broken',
          trace_id: 'abc',
          trace_url: 'https://traces.example.com/abc?from=$now',
        })
        expect(new Set(asked).size).toBe(1)
        const [lookup] = readRules([{ alert: 'x', expr: asked[0] ?? '', labels: {}, annotations: {} }])
        const values = lookup?.query.selectors[0]?.matchers.map(({ value }) => value) ?? []
        for (const value of [service, alert, span]) expect(values).toContain(value)
      }),
    )
  })
})
