import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { failOnLeaks, type HttpSink, startHttpSink, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from './world.ts'

failOnLeaks({ beforeAll, afterAll })

const receivers = ['team', 'night', 'day', 'pager', 'copy', 'digest']
const configOf = (url: string) => `
route:
  receiver: team
  routes:
    - { matchers: [source="both"], receiver: night, mute_time_intervals: [always], continue: true }
    - { matchers: [source="both"], receiver: copy }
    - { matchers: [source="night"], receiver: night, mute_time_intervals: [long-ago, always] }
    - { matchers: [source="day"], receiver: day, active_time_intervals: [long-ago] }
    - { matchers: [source="open"], receiver: day, active_time_intervals: [long-ago, always], mute_time_intervals: [long-ago] }
    - { matchers: [source="pages", severity="critical"], receiver: pager }
    - { matchers: [source="pages"], receiver: night, mute_time_intervals: [always] }
    - { matchers: [source="digest"], receiver: digest, digest: { every: 1s }, mute_time_intervals: [always] }
time_intervals:
  - { name: always, time_intervals: [{ times: [{ start_time: '00:00', end_time: '24:00' }] }] }
  - { name: long-ago, time_intervals: [{ years: ['1990:1999'] }] }
receivers:
${receivers.map((name) => `  - { name: ${name}, webhook_configs: [{ url: '${url}/${name}' }] }`).join('\n')}
`

let world: World
let sink: HttpSink
let folder: string
beforeAll(async () => {
  sink = await startHttpSink()
  folder = await mkdtemp(path.join(tmpdir(), 'tocsin-intervals-'))
  const file = path.join(folder, 'notifier.yml')
  await writeFile(file, configOf(sink.url))
  world = await startWorld({ NOTIFIER_CONFIG: file })
}, 120_000)
afterAll(async () => {
  await world.stop()
  await sink.stop()
  await rm(folder, { recursive: true })
})

async function say(source: string, severity: string): Promise<string> {
  const body = JSON.stringify({ title: `of ${source}`, severity, source })
  const answer = await fetch(`${world.service.url}/api/v1/notify`, { method: 'POST', body })
  expect(answer.status).toBe(202)
  return ((await answer.json()) as { id: string }).id
}

const logOf = async (id: string) =>
  (await world.deliveries(`groupKey=message:${id}`))
    .map(({ outcome, channel, reason }) => `${outcome} ${channel} ${reason}`)
    .sort()

describe('a message', { timeout: 60_000 }, () => {
  it.each([
    ['night', 'high', ['suppressed night-webhook mute_interval']],
    ['night', 'critical', ['suppressed night-webhook mute_interval']],
    ['day', 'high', ['suppressed day-webhook outside_active_interval']],
    ['day', 'critical', ['suppressed day-webhook outside_active_interval']],
    ['open', 'low', ['delivered day-webhook ok']],
    ['pages', 'critical', ['delivered pager-webhook ok']],
    ['pages', 'medium', ['suppressed night-webhook mute_interval']],
    ['both', 'high', ['delivered copy-webhook ok', 'suppressed night-webhook mute_interval']],
    ['digest', 'low', ['suppressed digest mute_interval']],
    ['other', 'high', ['delivered team-webhook ok']],
  ])('of %s that is %s goes by the intervals of its routes', async (source, severity, lines) => {
    const id = await say(source, severity)
    await waitFor(async () => (await logOf(id)).length >= lines.length, { timeoutMs: 20_000 })
    expect(await logOf(id)).toEqual(lines)
    const told = sink.requests.filter(({ body }) => body.includes(id)).map(({ path: to }) => to)
    const wanted = lines.filter((line) => line.startsWith('delivered'))
    expect(told).toEqual(wanted.map((line) => `/${line.split(' ')[1]?.replace('-webhook', '')}`))
  })

  it('that nobody is told of says so in its line', async () => {
    const id = await say('night', 'high')
    const [line] = await world.waitForDeliveries(`groupKey=message:${id}`, 1)
    expect(line).toMatchObject({
      outcome: 'suppressed',
      receiver: 'night',
      kind: 'message',
      severity: 'high',
      title: 'of night',
      attempt: 0,
    })
    const metrics = await (await fetch(`${world.service.url}/metrics`)).text()
    expect(metrics).toMatch(
      /tocsin_notifier_inputs_total\{input="notify",action="suppressed",reason="mute_interval"\}/,
    )
  })
})
