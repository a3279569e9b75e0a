import {
  failOnLeaks,
  type Server,
  type ServiceUnderTest,
  startNats,
  startService,
  waitFor,
} from '@tocsin/testkit'
import pc from 'picocolors'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { acknowledge } from '../src/notifier/run-ack.ts'
import { addSilence, expireSilences, listSilences } from '../src/notifier/run-silences.ts'

failOnLeaks({ beforeAll, afterAll })
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

let nats: Server
let notifier: ServiceUnderTest
let env: Parameters<typeof addSilence>[2]
beforeAll(async () => {
  nats = await startNats()
  const secret = { NOTIFIER_AUTH_TOKEN: 'let-me-in' }
  notifier = await startService('notifier', { NATS_URL: nats.url, ...secret }, { readyTimeoutMs: 45_000 })
  env = { NOTIFIER_PORT: Number(new URL(notifier.url).port), reach: '127.0.0.1', ...secret }
})
afterAll(async () => {
  await notifier?.stop()
  await nats?.stop()
})

/** What a command prints and remarks, and what it answers. */
async function tell<T>(command: (output: Parameters<typeof addSilence>[3]) => Promise<T>) {
  const said: string[] = []
  const say = (text: string) => void said.push(text)
  const answer = await command({ print: say, remark: say, colors: pc.createColors(false), columns: 120 })
  return { answer, text: said.join('\n') }
}

async function post(alerts: readonly object[]): Promise<number> {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer let-me-in' }
  const answer = await fetch(`${notifier.url}/api/v2/alerts`, {
    method: 'POST',
    headers,
    body: JSON.stringify(alerts),
  })
  return answer.status
}

async function shown(name: string): Promise<readonly { fingerprint: string }[]> {
  return (await (await fetch(`${notifier.url}/api/v2/alerts?filter=alertname%3D${name}`)).json()) as {
    fingerprint: string
  }[]
}

describe('tocsin silences', () => {
  test('adds, lists and expires, and says how many alerts that mutes', async () => {
    expect(
      await post([
        { labels: { alertname: 'Disk', node: 'a' } },
        { labels: { alertname: 'Disk', node: 'b' } },
      ]),
    ).toBe(200)
    await waitFor(async () => (await shown('Disk')).length === 2)
    const added = await tell((output) =>
      addSilence(['Disk', 'node=~a|b'], { comment: 'new disks', by: 'ann' }, env, output),
    )
    expect(added.text).toContain('{alertname="Disk",node=~"a|b"} is quiet until')
    expect(added.text).toContain('it mutes 2 alerts now')
    const [id = ''] = added.text.split('\n')
    const listed = await tell((output) => listSilences({}, env, output))
    expect(listed.text).toMatch(new RegExp(`${id} +active .* 2 +ann +new disks`))
    expect(await tell((output) => expireSilences([id, 'nothing'], {}, env, output))).toEqual({
      answer: 1,
      text: `${id}\nsilence nothing not found`,
    })
    expect((await tell((output) => listSilences({}, env, output))).text).toBe('no silences')
    expect((await tell((output) => listSilences({ expired: true }, env, output))).text).toContain('expired')
  })

  test.each([
    [['a=~('], {}, /missing closing/],
    [['a'], { duration: 'soon' }, /soon is no duration/],
    [['a'], { end: 'soon' }, /--end soon is no time/],
    [['a'], { end: '2026-01-31T09:30:00Z' }, /start time must be before end time/],
    [['a=""'], {}, /must not match the empty string/],
    [['a'], { duration: '1h', end: '2099-01-31T09:30:00Z' }, /leave one out/],
  ])('says what is wrong with %j %j', async (matchers, flags, fault) => {
    const add = tell((output) => addSilence(matchers, { comment: 'x', ...flags }, env, output))
    await expect(add).rejects.toThrow(fault)
  })

  test('is refused without the login', async () => {
    const { NOTIFIER_AUTH_TOKEN: _token, ...stranger } = env
    const add = tell((output) => addSilence(['a'], { comment: 'x' }, stranger, output))
    await expect(add).rejects.toThrow(/NOTIFIER_AUTH_TOKEN/)
  })
})

describe('tocsin ack', () => {
  test('acknowledges an alert that fires', async () => {
    await post([{ labels: { alertname: 'Down' } }])
    await waitFor(async () => (await shown('Down')).length === 1)
    const [alert] = await shown('Down')
    const made = await tell((output) =>
      acknowledge(alert?.fingerprint, { comment: 'on it', by: 'ann' }, env, output),
    )
    expect(made.text).toContain(`${alert?.fingerprint} Down`)
    const listed = await (await fetch(`${notifier.url}/api/v1/acknowledgements`)).json()
    expect(listed).toMatchObject({
      acknowledgements: [{ fingerprint: alert?.fingerprint, by: 'ann', comment: 'on it' }],
    })
  })

  test('says what is wrong', async () => {
    await expect(tell((output) => acknowledge(undefined, {}, env, output))).rejects.toThrow(/say which/)
    await expect(tell((output) => acknowledge('0123456789abcdef', {}, env, output))).rejects.toThrow(
      /no alert .* fires/,
    )
  })
})
