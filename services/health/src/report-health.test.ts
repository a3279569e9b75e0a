import type { HealthEvent } from '@tocsin/contract'
import { describe, expect, it } from 'vitest'
import { healthJson } from './health-json.ts'
import { reportHealth } from './report-health.ts'
import { tellChange } from './tell-change.ts'

const now = Date.parse('2026-03-01T12:00:00Z')

function result(change: Partial<HealthEvent> = {}): HealthEvent {
  return {
    v: 1,
    id: 'a',
    time: new Date(now).toISOString(),
    source: 'health',
    service: 'tocsin',
    check: 'nats',
    type: 'database',
    status: 'healthy',
    critical: true,
    message: 'fine',
    lastRun: new Date(now).toISOString(),
    durationMs: 1,
    intervalMs: 10_000,
    ...change,
  }
}

describe('the report', () => {
  it.each([
    ['healthy when every check is', [result()], 'healthy'],
    [
      'unhealthy when a critical check is',
      [result({ status: 'unhealthy' }), result({ check: 'b' })],
      'unhealthy',
    ],
    [
      'degraded when another check is unhealthy',
      [result(), result({ status: 'unhealthy', critical: false })],
      'degraded',
    ],
    ['degraded when a critical check is degraded', [result({ status: 'degraded' })], 'degraded'],
    ['healthy when there is nothing to check', [], 'healthy'],
  ] as const)('is %s', (_, results, status) => {
    expect(reportHealth(results, now).status).toBe(status)
  })

  it('never calls a check healthy that did not run', () => {
    const report = reportHealth([result()], now + 31_000)
    expect(report.status).toBe('unhealthy')
    expect(report.checks[0]?.message).toBe('no result for 31 s, it should run every 10 s')
    expect(reportHealth([result()], now + 30_000).status).toBe('healthy')
  })

  it('is also health+json, with an array for every key', () => {
    const report = reportHealth([result({ status: 'degraded', message: 'slow' })], now)
    expect(healthJson(report)).toMatchObject({
      status: 'warn',
      checks: { 'tocsin/nats:duration': [{ status: 'warn', output: 'slow', observedUnit: 'ms' }] },
    })
  })
})

describe('people are told', () => {
  const standing = (status: HealthEvent['status']) => ({
    status,
    failuresInRow: 0,
    successesInRow: 0,
    proven: true,
  })
  it('when a critical check becomes unhealthy, and when it recovers, once each', () => {
    const bad = result({ status: 'unhealthy', message: 'gone' })
    expect(tellChange(bad, standing('healthy'))).toMatchObject({ severity: 'critical', message: 'gone' })
    expect(tellChange(bad, standing('unhealthy'))).toBeUndefined()
    expect(tellChange(result(), standing('unhealthy'))).toMatchObject({ title: 'nats has recovered' })
    expect(tellChange(result(), undefined)).toBeUndefined()
    expect(tellChange({ ...bad, critical: false }, standing('healthy'))).toBeUndefined()
  })
})
