import { connect, type NatsConnection } from '@nats-io/transport-node'
import { type AlertEvent, createSubjects, fingerprint } from '@tocsin/contract'
import {
  failOnLeaks,
  type HttpSink,
  type Server,
  type ServiceUnderTest,
  startHttpSink,
  startNats,
  startRedis,
  startService,
  waitFor,
} from '@tocsin/testkit'
import pc from 'picocolors'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listDeadLetters, replayDeadLetters, showDeadLetter } from '../src/notifier/run-dead-letters.ts'
import { type DeliveriesFlags, runDeliveries } from '../src/notifier/run-deliveries.ts'

failOnLeaks({ beforeAll, afterAll })

const env = { NOTIFIER_PORT: 1, reach: 'localhost' }
let nats: Server
let redis: Server
let sink: HttpSink
let notifier: ServiceUnderTest
let connection: NatsConnection

beforeAll(async () => {
  ;[nats, redis, sink] = await Promise.all([startNats(), startRedis(), startHttpSink()])
  notifier = await startService('notifier', {
    NATS_URL: nats.url,
    REDIS_URL: redis.url,
    WEBHOOK_URL: sink.url,
  })
  connection = await connect({ servers: nats.url })
})
afterAll(async () => {
  await connection?.close()
  await notifier?.stop()
  await Promise.all([sink?.stop(), redis?.stop(), nats?.stop()])
})

/** What a command prints and remarks. */
async function tell(
  command: (output: Parameters<typeof runDeliveries>[2]) => Promise<unknown>,
): Promise<string> {
  const said: string[] = []
  const say = (text: string) => void said.push(text)
  try {
    await command({ print: say, remark: say, colors: pc.createColors(false), columns: 120 })
  } catch (error) {
    said.push(String(error))
  }
  return said.join('\n')
}

const deliveries = (flags: DeliveriesFlags) =>
  tell((output) => runDeliveries({ url: notifier.url, ...flags }, env, output))
const flags = () => ({ url: notifier.url })

function fire(alertname: string): void {
  const labels = { alertname, severity: 'critical' }
  const time = new Date().toISOString()
  const event: AlertEvent = {
    v: 1,
    id: `${alertname}-1`,
    time,
    source: 'test',
    state: 'firing',
    alertname,
    fingerprint: fingerprint(labels),
    severity: 'critical',
    labels,
    annotations: { summary: 'It is broken' },
    value: '1',
    activeAt: time,
    firedAt: time,
    group: 'g',
    origin: 'file',
    stages: { event: time, evaluated: time },
  }
  connection.publish(createSubjects().alert('firing', alertname), JSON.stringify(event))
}

const untilShown = (what: string, shown: () => Promise<string>) =>
  waitFor(async () => (await shown()).includes(what), { what: `"${what}" to be shown` })

describe('tocsin deliveries', () => {
  test('shows what was told, and the story of one alert', async () => {
    sink.answer(503, 200)
    fire('Broken')
    await untilShown('delivered', () => deliveries({ channel: 'webhook', outcome: 'delivered' }))
    expect(await deliveries({ channel: 'webhook' })).toMatch(
      /failed +webhook +1 +.*\[FIRING:1\] Broken — It is broken +http_503/,
    )
    const story = await deliveries({ alert: 'Broken' })
    expect(story).toMatch(
      / firing {2}Broken — It is broken\n.* failed by webhook, try 1, .*: http_503\n.* delivered by webhook, try 2/,
    )
    expect(story).toMatch(/event \+\d+ ms evaluated \+.* accepted \+.* grouped \+.* sent \+.* acknowledged$/)
    expect(await deliveries({ alert: fingerprint({ alertname: 'Broken', severity: 'critical' }) })).toBe(
      story,
    )
  })

  test('says that nothing is known, and what was wrong with a question', async () => {
    expect(await deliveries({ alert: 'Brokn' })).toContain('nothing is known of Brokn')
    expect(await deliveries({ channel: 'pager' })).toBe('nothing was told that fits')
    expect(await deliveries({ outcome: 'lost' })).toBe(
      'CliError: --outcome lost: there are delivered, failed, suppressed, dead',
    )
    expect(await deliveries({ since: 'soon' })).toMatch(
      /^CliError: --since soon is no time: give a date such as/,
    )
    expect(await deliveries({ url: 'http://127.0.0.1:9' })).toMatch(
      /^CliError: nothing answers at .*npm start/,
    )
  })

  test('follows what comes, each line once', async () => {
    const said: string[] = []
    const stopping = new AbortController()
    const output = {
      print: (text: string) => said.push(text),
      remark: () => {},
      colors: pc.createColors(false),
      columns: 120,
    }
    const done = runDeliveries({ ...flags(), follow: true }, env, output, stopping.signal)
    await waitFor(() => said.some((line) => line.includes('Broken')))
    sink.answer(200)
    fire('BrokenToo')
    await waitFor(() => said.some((line) => line.includes('BrokenToo')))
    stopping.abort()
    await done
    expect(new Set(said).size).toBe(said.length)
  })
})

describe('tocsin dead-letters', () => {
  test('lists, shows and replays what was refused', async () => {
    sink.answer(404)
    fire('Lost')
    const list = () => tell((output) => listDeadLetters(flags(), env, output))
    await untilShown('Lost', list)
    expect(await list()).toMatch(/^ +\d+ .* webhook +http_404 +Lost/m)
    const [letter = ''] = /\d+(?= +\d{4}-)/.exec(await list()) ?? []
    expect(await tell((output) => showDeadLetter(letter, flags(), env, output))).toMatch(
      /reason: http_404[\s\S]*"alertname": "Lost"/,
    )
    expect(await tell((output) => replayDeadLetters([], flags(), env, output))).toContain('say --all')
    sink.answer(200)
    sink.clear()
    const replay = () => tell((output) => replayDeadLetters([letter], flags(), env, output))
    expect(await replay()).toBe(`${letter} is in its queue again`)
    expect(await replay()).toBe(`${letter} was replayed before, or has expired`)
    await sink.waitForRequest(({ body }) => body.includes('Lost'))
    expect(await list()).toBe('no dead letters')
    expect(
      await tell((output) => replayDeadLetters([], { ...flags(), channel: 'webhook' }, env, output)),
    ).toBe('0 are in their queues again')
  })
})
