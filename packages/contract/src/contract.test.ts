import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  alertEvent,
  capacityForecastEvent,
  capacityRiskEvent,
  createBuckets,
  createStreams,
  createSubjects,
  customRule,
  deliveryEvent,
  fingerprint,
  healthEvent,
  metricMessage,
  notificationRequest,
  outboxEvent,
  postedTransitions,
  severityOf,
  slaReportEvent,
  slaViolationEvent,
  spanEvent,
} from './mod.ts'
import * as samples from './sample-events.ts'

describe('the sample events', () => {
  const pairs = [
    ['metric event', metricMessage, samples.sampleMetricEvent],
    ['metric batch', metricMessage, samples.sampleMetricBatch],
    ['metric batch of a dictionary', metricMessage, samples.sampleDictionaryBatch],
    ['span', spanEvent, samples.sampleSpanEvent],
    ['alert', alertEvent, samples.sampleAlertEvent],
    ['posted transitions', postedTransitions, samples.samplePostedTransitions],
    ['notification request', notificationRequest, samples.sampleNotificationRequest],
    ['outbox', outboxEvent, samples.sampleOutboxEvent],
    ['delivery', deliveryEvent, samples.sampleDeliveryEvent],
    ['health', healthEvent, samples.sampleHealthEvent],
    ['SLA report', slaReportEvent, samples.sampleSlaReportEvent],
    ['SLA violation', slaViolationEvent, samples.sampleSlaViolationEvent],
    ['capacity forecast', capacityForecastEvent, samples.sampleCapacityForecastEvent],
    ['capacity risk', capacityRiskEvent, samples.sampleCapacityRiskEvent],
  ] as const
  it.each(pairs)('%s is what its schema says, unchanged', (_, schema, sample) => {
    expect(schema.parse(sample)).toEqual(sample)
  })
})

describe('streams', () => {
  const streams = createStreams()
  const overlaps = (a: string, b: string) => {
    const [x, y] = [a.split('.'), b.split('.')]
    for (let i = 0; ; i++) {
      if (x[i] === '>' || y[i] === '>') return true
      if (x[i] === undefined || y[i] === undefined) return x[i] === y[i]
      if (x[i] !== y[i] && x[i] !== '*' && y[i] !== '*') return false
    }
  }

  it('claim no subject twice', () => {
    const all = streams.flatMap((s) => s.subjects.map((subject) => [s.name, subject] as const))
    const clashes = all.flatMap(([n, a], i) =>
      all.slice(i + 1).flatMap(([m, b]) => (overlaps(a, b) ? [[n, a, m, b]] : [])),
    )
    expect(clashes).toEqual([])
  })

  it('have names of their own under another prefix, so that two systems share one NATS', () => {
    const names = new Set(streams.map((s) => s.name))
    const others = createStreams(createSubjects('acme.prod'))
    expect(others.map((s) => s.name)).toContain('ACME_PROD_METRICS')
    expect(others.filter((s) => names.has(s.name))).toEqual([])
    expect(createBuckets('acme').map((b) => b.name)).toContain('acme-rules')
  })
})

describe('fingerprint', () => {
  // As the real Alertmanager 0.25 answers on /api/v2/alerts.
  it.each([
    [{ severity: 'critical', alertname: 'HighErrorRate', service: 'shop' }, 'caabbd059ced5a11'],
    [{ alertname: 'Größe', z: 'a b' }, '5d87efb57ebb1890'],
    [{}, 'cbf29ce484222325'],
  ])('of %o is the one that Alertmanager gives', (labels, expected) => {
    expect(fingerprint(labels as Record<string, string>)).toBe(expected)
  })
})

describe('severity', () => {
  it.each([
    [{ severity: 'critical' }, 'critical'],
    [{ severity: 'page' }, 'critical'],
    [{ severity: 'Warning' }, 'medium'],
    [{ severity: 'constructor' }, 'medium'],
    [{}, 'medium'],
  ] as const)('of %o is %s', (labels, expected) => {
    expect(severityOf(labels)).toBe(expected)
  })
})

describe('a custom rule', () => {
  it("may be the brief's own", () => {
    const rule = {
      name: 'CustomMetricAlert',
      expression: 'custom_metric > 100',
      for: '5m',
      severity: 'medium',
      labels: { category: 'custom', component: 'my-service' },
      annotations: {
        summary: 'Custom metric is too high',
        description: 'The custom metric has exceeded the threshold',
      },
    }
    expect(customRule.parse(rule)).toEqual(rule)
  })
  it.each(['5', 'm', '', '5 m', '1m1h', '-5m'])("refuses '%s' as a duration", (duration) => {
    expect(customRule.safeParse({ name: 'a', expression: 'b', severity: 'low', for: duration }).success).toBe(
      false,
    )
  })
})

it('the event reference is where the README says', () => {
  expect(existsSync(new URL('../../../docs/asyncapi.yaml', import.meta.url))).toBe(true)
})
