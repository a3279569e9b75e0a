import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { WebhookBody } from '@tocsin/contract'
import { failOnLeaks, type HttpSink, startHttpSink, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TransitionFacts, transition } from './samples/events.ts'
import { startWorld, type World } from './world.ts'

failOnLeaks({ beforeAll, afterAll })

let world: World
let sink: HttpSink
let folder: string
let file: string

/** A configuration whose receivers post to the sink under their own names. */
const configOf = (route: string, receivers: readonly string[]) => `
route: ${route}
receivers:
${receivers.map((name) => `  - { name: ${name}, webhook_configs: [{ url: '${sink.url}/${name}' }] }`).join('\n')}
`
const FIRST = '{ receiver: a, group_by: [alertname], group_wait: 100ms, group_interval: 100ms'

beforeAll(async () => {
  sink = await startHttpSink()
  folder = await mkdtemp(path.join(tmpdir(), 'tocsin-policy-'))
  file = path.join(folder, 'notifier.yml')
  await writeFile(file, configOf(`${FIRST} }`, ['a']))
  world = await startWorld({ NOTIFIER_CONFIG: file })
}, 120_000)
afterAll(async () => {
  await world.stop()
  await sink.stop()
  await rm(folder, { recursive: true })
})

const alert = (name: string, state: 'firing' | 'resolved' = 'firing', facts: TransitionFacts = {}) =>
  world.publishAlert(transition({ name, state, timeMs: Date.now(), ...facts }))

/** What a receiver was told of an alert, in order. */
const toldTo = (receiver: string, name: string) =>
  sink.requests
    .filter(({ path: to }) => to === `/${receiver}`)
    .flatMap((request) => (request.json() as WebhookBody).alerts)
    .filter(({ labels }) => labels['alertname'] === name)
    .map(({ status }) => status)
const untilTold = (receiver: string, name: string, ...states: readonly string[]) =>
  waitFor(() => JSON.stringify(toldTo(receiver, name)) === JSON.stringify(states), { timeoutMs: 30_000 })

const reload = () => fetch(`${world.service.url}/-/reload`, { method: 'POST' })
const metric = async (name: string) => {
  const text = await (await fetch(`${world.service.url}/metrics`)).text()
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1])
}
const SUCCESSFUL = 'tocsin_notifier_config_last_reload_successful'

describe('the configuration', { timeout: 120_000 }, () => {
  it('is refused with its lines when it is bad, and the former one goes on', async () => {
    await writeFile(file, configOf(`${FIRST}, grp_wait: 5s, routes: [{ receiver: nobody }] }`, ['a']))
    const answer = await reload()
    expect(answer.status).toBe(500)
    const said = await answer.text()
    expect(said).toContain('notifier.yml:2:')
    expect(said).toContain('there is no receiver \\"nobody\\"')
    expect(await metric(SUCCESSFUL)).toBe(0)
    await world.service.waitForLog(({ msg }) => msg?.includes('unknown field "grp_wait"') === true)
    // A check is asked once a second at most.
    await waitFor(async () => {
      const ready = await (await fetch(`${world.service.url}/health/ready`)).text()
      return ready.includes('the former configuration goes on')
    })
    await alert('Before')
    await untilTold('a', 'Before', 'firing')
  })

  it('holds as soon as the file is mended, and starts and stops queues', async () => {
    await alert('Stays')
    await alert('Moves', 'firing', { labels: { team: 'b' } })
    await untilTold('a', 'Stays', 'firing')
    await untilTold('a', 'Moves', 'firing')
    await writeFile(file, configOf(`${FIRST}, routes: [{ matchers: [team="b"], receiver: b }] }`, ['a', 'b']))
    // Whoever fires already is told where it belongs now; what is told already is not told again.
    await untilTold('b', 'Moves', 'firing')
    await waitFor(async () => (await metric(SUCCESSFUL)) === 1)
    await alert('Moves', 'resolved', { labels: { team: 'b' } })
    await alert('Stays', 'resolved')
    // Its end is told where its beginning was.
    await untilTold('a', 'Moves', 'firing', 'resolved')
    await untilTold('b', 'Moves', 'firing', 'resolved')
    await untilTold('a', 'Stays', 'firing', 'resolved')
  })

  it('is read again on SIGHUP, and the ends of a route that is gone are told where they were', async () => {
    await alert('Orphan', 'firing', { labels: { team: 'b' } })
    await untilTold('b', 'Orphan', 'firing')
    await writeFile(file, configOf(`${FIRST} }`, ['a', 'b']))
    process.kill(world.service.pid, 'SIGHUP')
    await untilTold('a', 'Orphan', 'firing')
    // A restart does not forget it either.
    await world.service.restart()
    await alert('Orphan', 'resolved', { labels: { team: 'b' } })
    await untilTold('b', 'Orphan', 'firing', 'resolved')
    await untilTold('a', 'Orphan', 'firing', 'resolved')
  })

  it('keeps what waits for a group while it changes', async () => {
    const slow = FIRST.replace('group_wait: 100ms', 'group_wait: 3s')
    await writeFile(file, configOf(`${slow} }`, ['a', 'b']))
    expect((await reload()).status).toBe(200)
    await alert('Waits')
    await writeFile(file, configOf(`${slow}, repeat_interval: 1d }`, ['a', 'b']))
    expect((await reload()).status).toBe(200)
    expect(toldTo('a', 'Waits')).toEqual([])
    await untilTold('a', 'Waits', 'firing')
  })

  it('leaves a dead letter for what is on its way to a channel that is gone', async () => {
    await writeFile(
      file,
      configOf(`${FIRST} , routes: [{ matchers: [team="c"], receiver: c }] }`, ['a', 'c']),
    )
    expect((await reload()).status).toBe(200)
    sink.answer(503)
    await alert('Late', 'firing', { labels: { team: 'c' } })
    await sink.waitForRequest(({ path: to }) => to === '/c')
    await writeFile(file, configOf(`${FIRST} }`, ['a']))
    expect((await reload()).status).toBe(200)
    sink.answer(200)
    const dead = await world.waitForDeliveries('outcome=dead&channel=c-webhook', 1, 30_000)
    expect(dead[0]).toMatchObject({ reason: 'channel_removed' })
    await waitFor(() => toldTo('a', 'Late').includes('firing'), { timeoutMs: 30_000 })
  })
})
