import type { HealthEvent } from '@tocsin/contract'
import { describe, expect, it } from 'vitest'
import { healthJson } from './health-json.ts'
import { judgeRun, type Standing } from './judge-run.ts'
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
    const report = reportHealth([result()], now + 41_000)
    expect(report.status).toBe('unhealthy')
    expect(report.checks[0]?.message).toBe('no result for 41 s, it should run every 10 s')
    expect(reportHealth([result()], now + 40_000).status).toBe('healthy')
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
  /** What is told over a series of runs: `!` when it fails, `+` when it recovers. */
  function told(runs: string, critical = true): string {
    const letters: Record<string, HealthEvent['status']> = { h: 'healthy', d: 'degraded', u: 'unhealthy' }
    let before: Standing | undefined
    let said = ''
    for (const run of runs) {
      const after = judgeRun(before, letters[run] ?? 'unhealthy', { failures: 3, successes: 2 })
      const message = tellChange(result({ status: after.status, critical }), before, after)
      said += message ? (message.severity === 'critical' ? '!' : '+') : '.'
      before = after
    }
    return said
  }

  it.each([
    ['a critical check that fails and recovers', 'huuuuhh', '...!..+'],
    ['a service that is only starting', 'uuhhh', '.....'],
    ['a service that never comes up', 'uuuuu', '..!..'],
    ['one bad run', 'hhuhh', '.....'],
  ])('of %s: %s', (_, runs, expected) => {
    expect(told(runs)).toBe(expected)
  })

  it('of no check that is not critical', () => {
    expect(told('huuuuhh', false)).toBe('.......')
  })
})
