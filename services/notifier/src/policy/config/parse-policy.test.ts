import { describe, expect, it } from 'vitest'
import { channelKinds } from '../../channels/registry.ts'
import { routesOf } from '../routes-of.ts'
import { parsePolicy } from './parse-policy.ts'
import { PolicyError } from './policy-error.ts'

const RECEIVERS = `
receivers:
  - name: default
  - name: pager
    webhook_configs: [{ url: http://localhost/pager }]
`

function parse(text: string) {
  const { policy, faults } = parsePolicy('notifier.yml', text, channelKinds)
  faults.throwIfAny()
  return { ...policy, templateFiles: [] }
}

/** The faults of a file, without its name. */
function faultsOf(text: string): readonly string[] {
  try {
    parse(text)
    return []
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    return error.message.split('\n').map((line) => line.replace('notifier.yml:', ''))
  }
}

describe('a configuration', () => {
  it("has Alertmanager's defaults where it says nothing", () => {
    const { root, resolveTimeoutMs, receivers } = parse(`route: { receiver: pager }\n${RECEIVERS}`)
    expect(root.route).toMatchObject({ key: '{}', receiver: 'pager', groupBy: [], waitMs: 30_000 })
    expect(root.route).toMatchObject({ intervalMs: 300_000, repeatMs: 14_400_000, fallback: undefined })
    expect(resolveTimeoutMs).toBe(300_000)
    expect(receivers.get('pager')?.integrations).toMatchObject([
      { channel: 'pager-webhook', type: 'webhook', sendResolved: true },
    ])
  })

  it('inherits what a route does not say, but for the times at which it is quiet', () => {
    const { root } = parse(`
route:
  receiver: default
  group_by: [alertname]
  group_wait: 1s
  repeat_interval: 1d
  routes:
    - matchers: [a="1"]
      mute_time_intervals: [night]
      group_interval: 2s
      fallback: { receiver: pager, after: 10m }
      routes: [{ match: { b: 1.10 }, receiver: pager, group_by: ['...'] }, { match_re: { b: x|y } }]
time_intervals: [{ name: night, time_intervals: [{ times: [{ start_time: 22:00, end_time: 24:00 }] }] }]
${RECEIVERS}`)
    const [pager] = routesOf(
      { ...parse(`route: { receiver: pager }\n${RECEIVERS}`), root },
      { a: '1', b: '1.10' },
    )
    expect(pager).toMatchObject({ key: '{}/{a="1"}/{b="1.10"}', groupBy: 'each_alert', receiver: 'pager' })
    expect(pager).toMatchObject({ waitMs: 1000, intervalMs: 2000, repeatMs: 86_400_000, muteIntervals: [] })
    // Whoever is told already is no fallback.
    expect(pager).toMatchObject({ fallback: undefined })
    const [, second] = root.children[0]?.children ?? []
    expect(second?.route).toMatchObject({
      key: '{}/{a="1"}/{b=~"^(?:x|y)$"}',
      fallback: 'pager',
      fallbackAfterMs: 600_000,
    })
  })

  it('takes what global says for receivers, and is quiet about the rest', () => {
    const { receivers, original } = parse(`
global: { smtp_smarthost: mail:25, smtp_from: a@example.com, smtp_auth_password: hidden1, slack_api_url: https://hooks/hidden2, victorops_api_key: hidden3 }
route: { receiver: team/one }
receivers:
  - name: team/one
    email_configs: [{ to: b@example.com }, { to: c@example.com, send_resolved: yes, smarthost: other:25 }]
    slack_configs: [{ channel: '#x' }]
    digest: { every: 5m }
    ntfy_configs: [{ topic: t }]
`)
    const all = receivers.get('team/one')?.integrations ?? []
    expect(
      all.map(({ channel, sendResolved }) => [channel.replace(/-[0-9a-f]{6}-/, '-'), sendResolved]),
    ).toEqual([
      ['team_one-email', false],
      ['team_one-email-2', true],
      ['team_one-slack', false],
      ['team_one-ntfy', true],
    ])
    expect(all[0]?.settings).toMatchObject({ smarthost: 'mail:25', from: 'a@example.com' })
    expect(all[1]?.settings).toMatchObject({ smarthost: 'other:25' })
    expect(all[2]?.settings).toMatchObject({ api_url: 'https://hooks/hidden2' })
    expect(original).not.toMatch(/hidden|digest|ntfy/)
    expect(original).toContain('slack_api_url: <secret>')
    const hook = parse(
      "route: { receiver: a }\nreceivers: [{ name: a, webhook_configs: [{ url: 'http://me:hidden@host:1/hidden' }] }]",
    )
    expect(hook.original).toContain('url: http://host:1/<secret>')
  })

  it('reads aliases and merged mappings', () => {
    const { root } = parse(
      `
x-none: &times
route: { receiver: default, routes: [&one { receiver: pager, matchers: [a="1"], group_wait: 5s }, { <<: *one, matchers: [a="2"] }] }
${RECEIVERS}`.replace('x-none: &times\n', ''),
    )
    expect(root.children.map(({ route }) => [route.key, route.waitMs])).toEqual([
      ['{}/{a="1"}', 5000],
      ['{}/{a="2"}', 5000],
    ])
  })
})

describe('faults', () => {
  it('are told all at once, each at its place, with what to do', () => {
    expect(
      faultsOf(`route:
  receiver: nobody
  groupwait: 5s
  routes:
    - matchers: ['a=~"("']
      repeat_interval: 0s
      mute_time_intervals: [gone]
receivers:
  - name: a
    webhook_configs: [{ url: nope }]
    pushover_configs: []
  - name: a
time_intervals:
  - name: n
    time_intervals: [{ weekdays: [funday], location: Mars }]
`),
    ).toEqual([
      '2:13: there is no receiver "nobody": there are a',
      '3:3: unknown field "groupwait": did you mean group_wait?',
      expect.stringMatching(/^5:18: a=~"\(": error parsing regexp/),
      '6:24: route.routes[0].repeat_interval: expected a duration above 0 such as 30s, 5m or 1h30m',
      '7:29: there is no time interval "gone": add it to time_intervals',
      '10:30: receivers[0].webhook_configs[0].url: expected a URL that begins with http:// or https://, such as https://example.com/hook',
      expect.stringMatching(/^11:5: pushover_configs is not supported: use ntfy_configs/),
      '12:11: there are two receivers "a": rename one',
      '15:35: time_intervals[0].time_intervals[0].weekdays[0]: expected days such as monday:friday',
      '15:54: time_intervals[0].time_intervals[0].location: expected a time zone such as Europe/Berlin, UTC, or Local',
    ])
  })

  it.each([
    [
      'a root that does not take everything',
      'route: { receiver: default, matchers: [a=b] }',
      /1:29: the root route takes everything/,
    ],
    ['a root without a receiver', 'route: { group_wait: 1s }', /1:8: the root route has no receiver/],
    ['no route', '', /route is missing/],
    ['a label twice', 'route: { receiver: default, group_by: [a, a] }', /1:43: group_by has "a" twice/],
    [
      'a fallback to oneself',
      'route: { receiver: pager, fallback: pager }',
      /1:37: the fallback leads back \(pager → pager\)/,
    ],
    ['a fallback to nobody', 'route: { receiver: pager, fallback: x }', /1:37: there is no receiver "x"/],
    [
      'two schedules',
      'route: { receiver: pager, digest: { every: 1m, cron: "* * * * *" } }',
      /digest has both every and cron/,
    ],
    ['a schedule that is none', 'route: { receiver: pager, digest: { cron: "61 * * * *" } }', /1:43: cron: /],
    [
      'a limit of nothing',
      'route: { receiver: pager, rate_limit: { limit: 0, per: 1m } }',
      /rate_limit.limit: expected a number above 0/,
    ],
    ['a list for a mapping', 'route: [a]', /1:8: route: expected a route/],
    ['what is no YAML', 'route: { receiver: "hidden', /not valid YAML/],
  ])('name %s', (_what, text, expected) => {
    const told = faultsOf(`${text}\n${RECEIVERS}`).join('\n')
    expect(told).toMatch(expected)
    expect(told).not.toContain('hidden')
  })

  it('name receivers whose fallbacks go round', () => {
    const text = `route: { receiver: a }
receivers:
  - { name: a, fallback: b }
  - { name: b, fallback: c }
  - { name: c, fallback: b }
`
    expect(faultsOf(text)).toEqual([
      '4:26: the fallback leads back (b → c → b): name another receiver',
      '5:26: the fallback leads back (c → b → c): name another receiver',
    ])
  })
})
