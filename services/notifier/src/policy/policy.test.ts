import { describe, expect, it } from 'vitest'
import { groupOf } from '../grouping/group-key.ts'
import { DIGEST, defaultPolicy } from './policy.ts'
import { routeBySeverity } from './route-by-severity.ts'

const settings = { groupWaitMs: 10_000, groupIntervalMs: 10_000, repeatIntervalMs: 3_600_000 }
const policy = defaultPolicy({ ...settings, channels: ['email', 'webhook'] })

describe('the default policy', () => {
  it.each([
    ['critical', 'critical', 'each_alert', 0, ['email', 'webhook']],
    ['high', 'grouped', ['alertname', 'severity'], 10_000, ['email', 'webhook']],
    ['medium', 'grouped', ['alertname', 'severity'], 10_000, ['email', 'webhook']],
    ['low', 'digest', 'each_alert', 0, [DIGEST]],
  ] as const)('sends %s by the route %s', (severity, name, groupBy, waitMs, channels) => {
    expect(routeBySeverity(policy, severity)).toMatchObject({
      action: 'route',
      reason: name,
      route: { groupBy, waitMs, channels },
    })
  })

  it('tells nobody when no channel is configured, and says why', () => {
    const nobody = defaultPolicy({ ...settings, channels: [] })
    for (const severity of ['critical', 'medium', 'low'] as const)
      expect(routeBySeverity(nobody, severity)).toEqual({ action: 'drop', reason: 'no_receiver' })
  })
})

describe('groupOf', () => {
  const [critical, grouped] = policy.routes
  if (!critical || !grouped) throw new Error('the policy has routes')

  it('names a group by the labels of its route, in one order', () => {
    const labels = { severity: 'high', instance: 'a', alertname: 'X' }
    expect(groupOf(grouped, labels)).toEqual({
      key: '{}/grouped:{alertname="X", severity="high"}',
      labels: { alertname: 'X', severity: 'high' },
    })
  })

  it('keeps alerts apart whose labels only look alike when joined', () => {
    const one = groupOf(critical, { a: 'x", b="y' })
    const two = groupOf(critical, { a: 'x', b: 'y' })
    expect(one.key).not.toBe(two.key)
  })
})
