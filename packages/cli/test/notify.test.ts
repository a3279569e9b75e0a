import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  failOnLeaks,
  type HttpSink,
  type Server,
  type ServiceUnderTest,
  type Smtp,
  startHttpSink,
  startNats,
  startRedis,
  startService,
  startSmtp,
} from '@tocsin/testkit'
import pc from 'picocolors'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type PreviewFlags, previewAlert, testReceiver } from '../src/notifier/run-notify.ts'
import type { Terminal } from '../src/output/terminal.ts'
import { runCli } from './run-cli.ts'

failOnLeaks({ beforeAll, afterAll })

/** Processes start beside other tests. */
const PATIENCE_MS = 60_000
const env = { NOTIFIER_PORT: 1, reach: 'localhost' }
let folder: string
let config: string
let nats: Server
let redis: Server
let sink: HttpSink
let smtp: Smtp
let notifier: ServiceUnderTest

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-notify-'))
  config = join(folder, 'notifier.yml')
  ;[nats, redis, sink, smtp] = await Promise.all([startNats(), startRedis(), startHttpSink(), startSmtp()])
  writeFileSync(
    join(folder, 'own.tmpl'),
    '{{ define "own.title" }}{{ .Status }}: {{ .CommonLabels.alertname }}{{ end }}',
  )
  writeFileSync(
    config,
    `global: { smtp_smarthost: '${smtp.host}:${smtp.port}', smtp_from: 'tocsin@example.com', smtp_require_tls: false }
templates: ['*.tmpl']
route:
  receiver: mail
  group_by: [alertname]
  group_wait: 5s
  routes:
    - matchers: ['team="db"']
      receiver: nobody
    - matchers: ['severity="critical"']
      receiver: on-call
      continue: true
    - matchers: ['severity=~"critical|high"']
      receiver: mail
inhibit_rules:
  - { source_matchers: ['alertname="Down"'], target_matchers: ['alertname="Slow"'] }
receivers:
  - name: nobody
  - name: mail
    email_configs:
      - to: team@example.com
        send_resolved: true
        html: '{{ template "email.default.html" . }}'
        headers: { subject: '{{ template "own.title" . }}' }
  - name: on-call
    slack_configs:
      - api_url: ${sink.url}/services/T0/B0/verysecret
        title: '{{ template "own.title" . }}'
        text: '{{ (index .Alerts 0).Annotations.summary }}{{ index .Alerts 3 }}'
    webhook_configs:
      - url: ${sink.url}/hook?token=verysecret
`,
  )
  const settings = { NATS_URL: nats.url, REDIS_URL: redis.url, NOTIFIER_CONFIG: config }
  notifier = await startService('notifier', settings, { readyTimeoutMs: PATIENCE_MS })
}, 2 * PATIENCE_MS)
beforeEach(() => {
  sink.clear()
  sink.answer(200)
})
afterAll(async () => {
  await notifier?.stop()
  await Promise.all([smtp?.stop(), sink?.stop(), redis?.stop(), nats?.stop()])
  rmSync(folder, { recursive: true, force: true })
})

/** What a command says, and its exit code. */
async function tell(command: (output: Terminal) => Promise<number>) {
  const said: string[] = []
  const say = (text: string) => void said.push(text)
  try {
    const code = await command({ print: say, remark: say, colors: pc.createColors(false), columns: 120 })
    return { code, said: said.join('\n') }
  } catch (error) {
    return { code: 'thrown', said: String(error) }
  }
}
const preview = (flags: PreviewFlags) =>
  tell((output) => previewAlert({ url: notifier.url, ...flags }, env, output))
const tryOut = (receiver?: string) =>
  tell((output) => testReceiver(receiver, { url: notifier.url }, env, output))

describe('tocsin notify preview', () => {
  test('says which way an alert takes and why, its group, and each message with its secrets hidden', async () => {
    const { code, said } = await preview({
      label: ['alertname=Slow', 'severity=critical', 'path=<b>'],
      annotation: ['summary=It is slow'],
    })
    for (const part of [
      '✓ {}  the root takes everything',
      'there is no label team',
      '{severity="critical"} matches; continue: those after it are asked as well',
      '{} → {}/{severity="critical"}',
      'group     {}/{severity="critical"}:{alertname="Slow"}',
      'receiver  on-call',
      'receiver  mail',
      'after 5s, news every 5m, again every 4h',
      'Subject: firing: Slow',
      'To: team@example.com',
      '"title": "firing: Slow"',
      'said in other words: template: :1:46: executing "" at <index>: error calling index: index out of range: 3',
    ])
      expect(said).toContain(part)
    expect(said).not.toContain('verysecret')
    // One template fails on this alert.
    expect(code).toBe(1)
    expect(sink.requests).toHaveLength(0)
    expect(smtp.mails).toHaveLength(0)
  })

  test('writes the mail as a page, in which labels are no markup', async () => {
    const out = join(folder, 'mail.html')
    const { code, said } = await preview({ label: ['alertname=Slow', 'severity=high', 'path=<b>'], out })
    expect({ code, said }).toMatchObject({
      code: 0,
      said: expect.stringContaining('what mail-email would send'),
    })
    const page = readFileSync(out, 'utf8')
    expect(page).toContain('<!doctype html>')
    expect(page).toContain('&lt;b&gt;')
    expect(page).not.toContain('<td><b>')
  })

  test('says who is told nothing, and what mutes', async () => {
    expect((await preview({ label: ['alertname=Slow', 'team=db'] })).said).toContain('nobody is told')
    const ended = await preview({
      label: ['alertname=Slow', 'severity=critical'],
      end: '2026-01-01T00:00:00Z',
    })
    expect(ended.said).toContain('on-call-slack (slack)  sends nothing: send_resolved is false')
    const comment = { createdBy: 'test', comment: 'quiet', startsAt: new Date().toISOString() }
    const answer = await fetch(`${notifier.url}/api/v2/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...comment,
        endsAt: new Date(Date.now() + 3_600_000).toISOString(),
        matchers: [{ name: 'alertname', value: 'Quiet', isRegex: false, isEqual: true }],
      }),
    })
    const { silenceID } = (await answer.json()) as { silenceID: string }
    expect((await preview({ label: ['alertname=Quiet'] })).said).toContain(
      `muted     by silence: ${silenceID}`,
    )
    expect((await preview({ label: ['alertname=Other'] })).said).not.toContain('muted')
  })

  test.each([
    [{}, 'which alert?'],
    [{ label: ['x'] }, '--label x: write it as name=value'],
    [{ label: ['a=b'], start: 'noon' }, '--start noon is no time: give a date such as'],
    [{ label: ['a=b'], out: '/nowhere/x' }, '--out /nowhere/x cannot be written'],
    [{ label: ['a=b'], out: 'x', channel: 'sms' }, '--channel sms: there are mail-email'],
  ])('%j is refused: %s', async (flags, reason) => {
    const { code, said } = await preview(flags)
    expect(code).toBe('thrown')
    expect(said).toContain(reason)
  })
})

describe('tocsin notify test', () => {
  test('sends a test that says so by every way, and tells of each', async () => {
    const { code, said } = await tryOut('on-call')
    expect({ code, said }).toMatchObject({ code: 0 })
    expect(said).toMatch(/on-call-slack +slack +delivered/)
    expect(said).toMatch(/on-call-webhook +webhook +delivered/)
    const hook = sink.requests.find(({ path }) => path.startsWith('/hook'))?.json() as {
      alerts: { annotations: Record<string, string> }[]
    }
    expect(hook.alerts[0]?.annotations['summary']).toBe(
      'This is a test of the receiver on-call: nothing is wrong',
    )
    const log = await fetch(`${notifier.url}/api/v1/deliveries?channel=on-call-webhook`)
    expect(await log.json()).toMatchObject({ deliveries: [{ reason: 'test', outcome: 'delivered' }] })
  })

  test('the receiver of the root is tried when none is named', async () => {
    expect((await tryOut()).code).toBe(0)
    const mail = await smtp.waitForMail()
    expect(mail.subject).toBe('firing: TocsinTest')
  })

  test('says what went wrong, without secrets, and that a receiver is unknown', async () => {
    sink.answerWith(({ path }) => ({ status: 403, body: `no: ${path}` }))
    const { code, said } = await tryOut('on-call')
    expect(code).toBe(1)
    expect(said).toMatch(/on-call-webhook +webhook +refused.*http_403/)
    expect(said).not.toContain('verysecret')
    expect(await tryOut('oncall')).toMatchObject({
      code: 'thrown',
      said: expect.stringContaining('there is no receiver "oncall": there are nobody, mail, on-call'),
    })
    expect((await tryOut('nobody')).said).toContain('the receiver nobody tells nobody')
  })
})

describe('tocsin notify check', { timeout: 3 * PATIENCE_MS }, () => {
  test('takes what the notifier takes, and names each fault at its place', async () => {
    const good = await runCli(['notify', 'check', config], {})
    await good.says('4 routes, 3 receivers, 1 inhibit rule, 0 time intervals, 1 template file', PATIENCE_MS)
    const bad = join(folder, 'bad.yml')
    writeFileSync(
      bad,
      'route: { receiver: a }\nreceivers:\n  - name: b\n    slack_configs:\n      - api_url: http://x/y\n        text: "{{ .Status | toUppr }}"\n',
    )
    const refused = await runCli(['notify', 'check', bad], {})
    await refused.says(`${bad}:6:15: template: :1:13: function "toUppr" not defined`, PATIENCE_MS)
    expect(refused.text()).toMatch(/bad\.yml:1:20: .*receiver/)
    const missing = await runCli(['notify', 'check', join(folder, 'none.yml')], {})
    await missing.says('none.yml:1:1: cannot be read', PATIENCE_MS)
  })
})
