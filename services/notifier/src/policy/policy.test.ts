import { describe, expect, it } from 'vitest'
import { groupOf } from '../grouping/group-key.ts'
import { defaultPolicy } from './default-policy.ts'
import { DIGEST, type Integration } from './policy.ts'
import { tellingsOf } from './queues-of.ts'
import { routesOf } from './routes-of.ts'

const settings = {
  groupWaitMs: 10_000,
  groupIntervalMs: 10_000,
  repeatIntervalMs: 3_600_000,
  digestIntervalMs: 900_000,
}
const integration = (type: 'email' | 'webhook'): Integration => ({
  channel: type,
  type,
  sendResolved: true,
  settings: {},
})
const policy = defaultPolicy({ ...settings, integrations: [integration('email'), integration('webhook')] })

describe('the default policy', () => {
  it.each([
    ['critical', 'critical', 'each_alert', 0, ['email', 'webhook']],
    ['Page', 'critical', 'each_alert', 0, ['email', 'webhook']],
    ['high', 'grouped', ['alertname', 'severity'], 10_000, ['email', 'webhook']],
    ['warning', 'grouped', ['alertname', 'severity'], 10_000, ['email', 'webhook']],
    ['anything else', 'grouped', ['alertname', 'severity'], 10_000, ['email', 'webhook']],
    ['low', 'digest', 'each_alert', 0, [DIGEST]],
    ['info', 'digest', 'each_alert', 0, [DIGEST]],
  ] as const)('sends what is %s by the route %s', (severity, name, groupBy, waitMs, queues) => {
    expect(tellingsOf(policy, { severity })).toMatchObject([{ route: { name, groupBy, waitMs }, queues }])
  })

  it('tells nobody when no channel is configured', () => {
    const nobody = defaultPolicy({ ...settings, integrations: [] })
    for (const severity of ['critical', 'medium', 'low']) expect(tellingsOf(nobody, { severity })).toEqual([])
  })
})

describe('groupOf', () => {
  const routeOf = (severity: string) => {
    const [route] = routesOf(policy, { severity })
    if (!route) throw new Error('the root takes every alert')
    return route
  }

  it('names a group by the labels of its route, in one order', () => {
    const labels = { severity: 'high', instance: 'a', alertname: 'X' }
    expect(groupOf(routeOf('high'), labels)).toEqual({
      key: '{}/grouped:{alertname="X", severity="high"}',
      labels: { alertname: 'X', severity: 'high' },
    })
  })

  it('keeps alerts apart whose labels only look alike when joined', () => {
    const critical = routeOf('critical')
    expect(groupOf(critical, { a: 'x", b="y' }).key).not.toBe(groupOf(critical, { a: 'x', b: 'y' }).key)
  })
})
