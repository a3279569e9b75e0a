import { dynamicAlertSettings } from '@tocsin/contract'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { chooseThresholds } from './choose-thresholds.ts'
import { dynamicEnv } from './dynamic-env.ts'
import type { Baseline } from './service-record.ts'

const env = z.object(dynamicEnv).parse({})
const operation = { name: 'GET /cart' }
const baseline = (threshold: number): Baseline => ({
  threshold,
  median: threshold / 2,
  spread: 0.01,
  samples: 70,
  fromMs: Date.UTC(2026, 2, 1, 6),
  toMs: Date.UTC(2026, 2, 1, 12),
  days: [],
})

describe('where a threshold comes from', () => {
  test('the environment, with what is lacking for a baseline', () => {
    expect(chooseThresholds({ ...operation, measured: { atMs: 0, samples: 3 } }, {}, env)).toMatchObject({
      enabled: true,
      minCalls: 20,
      minFailures: 3,
      quantile: 0.95,
      errors: {
        threshold: 0.05,
        severity: 'high',
        from: 'static',
        note: '5%; a baseline needs 24 windows of 5m with 20 calls, there are 3',
      },
      latency: { threshold: 1, severity: 'medium', from: 'static' },
      learning: { errors: { floor: 0.0125, cap: 0.2 }, latency: { floor: 0.25, cap: 4 } },
    })
  })

  test("the service's settings are over the environment, and the operation's over both", () => {
    const settings = dynamicAlertSettings.parse({
      errorRate: 0.1,
      latency: '500ms',
      errorSeverity: 'critical',
      operations: { 'GET /cart': { errorRate: 0.02, minCalls: 100 } },
    })
    expect(chooseThresholds(operation, settings, env)).toMatchObject({
      minCalls: 100,
      errors: { threshold: 0.02, severity: 'critical', from: 'set', note: '2%, set for this operation' },
      latency: { threshold: 0.5, from: 'static' },
    })
    expect(chooseThresholds(operation, settings, env).learning.errors).toBeUndefined()
    expect(chooseThresholds({ name: 'other' }, settings, env).errors).toMatchObject({
      threshold: 0.1,
      from: 'static',
    })
  })

  test('what was learnt, with how; and never beyond the limits that hold now', () => {
    const learnt = { ...operation, errors: baseline(0.03), latency: baseline(2) }
    const chosen = chooseThresholds(learnt, {}, env)
    expect(chosen.errors).toMatchObject({ threshold: 0.03, from: 'learnt' })
    expect(chosen.latency.note).toBe(
      '2s, learnt from 70 windows of 5m, 2026-03-01T06:00Z to 2026-03-01T12:00Z: median 1s, spread 10ms; ' +
        'between 250ms and 4s',
    )
    expect(chooseThresholds(learnt, { latency: '100ms' }, env).latency.threshold).toBe(0.4)
    expect(chooseThresholds(learnt, { baseline: false }, env).latency).toMatchObject({
      threshold: 1,
      from: 'static',
      note: '1s',
    })
  })

  test('an operation, or a service, is switched off', () => {
    const off = { operations: { 'GET /cart': { enabled: false } } }
    expect(chooseThresholds(operation, off, env).enabled).toBe(false)
    expect(chooseThresholds({ name: 'other' }, off, env).enabled).toBe(true)
    expect(chooseThresholds(operation, { enabled: false }, env).enabled).toBe(false)
  })

  test('no latency is learnt that the last bucket could not show', () => {
    const { learning } = chooseThresholds(operation, { latency: '10s' }, env)
    expect(learning.latency?.cap).toBe(14.25)
  })
})

describe('settings and environment that are refused', () => {
  const settings: [body: object, path: string][] = [
    [{ errorRate: 5 }, 'errorRate'],
    [{ latency: '0s' }, 'latency'],
    [{ latency: 'fast' }, 'latency'],
    [{ errorSeverity: 'urgent' }, 'errorSeverity'],
    [{ operations: { a: { minCalls: 0 } } }, 'operations.a.minCalls'],
    [{ operations: { a: { spans: false } } }, 'operations.a'],
    [{ threshold: 1 }, ''],
  ]
  test.each(settings)('%j', (body, path) => {
    const { error } = dynamicAlertSettings.safeParse(body)
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path])
  })

  test.each([
    ['DYNAMIC_ALERTS_ERROR_RATE', '5'],
    ['DYNAMIC_ALERTS_KINDS', 'servers'],
    ['DYNAMIC_ALERTS_KINDS', ''],
    ['DYNAMIC_ALERTS_LATENCY', '20s'],
    ['DYNAMIC_ALERTS_ERROR_SEVERITY', 'urgent'],
    ['DYNAMIC_ALERTS_BASELINE_FACTOR', '0.5'],
    ['TRACE_URL_TEMPLATE', 'https://traces.example.com/'],
  ])('%s=%s', (name, value) => {
    const { error } = z.object(dynamicEnv).safeParse({ [name]: value })
    expect(error?.issues[0]?.path[0]).toBe(name)
  })
})
