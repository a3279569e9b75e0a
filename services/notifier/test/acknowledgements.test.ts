import { failOnLeaks, type ServiceUnderTest, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { amtoolAt } from './amtool.ts'
import { inSeconds, type PostingWorld, postAlerts, startPostingWorld } from './posting-world.ts'

failOnLeaks({ beforeAll, afterAll })
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 })

let world: PostingWorld
let service: ServiceUnderTest
let second: ServiceUnderTest
beforeAll(async () => {
  world = await startPostingWorld('5m')
  service = await world.start()
  second = await world.start()
  // Told again and again: by it the tests know that time has passed.
  await postAlerts(service.url, [{ labels: { alertname: 'Repeating' }, endsAt: inSeconds(600) }])
})
afterAll(() => world.stop())

const PATH = '/api/v1/acknowledgements'

async function ask(method: string, path: string, body?: unknown, at = service) {
  const answer = await fetch(`${at.url}${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

async function shown(name: string): Promise<readonly { fingerprint: string }[]> {
  const answer = await fetch(`${second.url}/api/v2/alerts?filter=alertname%3D${name}`)
  return (await answer.json()) as { fingerprint: string }[]
}

const told = (name: string) => world.told(name).map(({ status, alerts }) => `${status} ${alerts.length}`)

/** How often it has been told by the time that others have been told thrice more. */
async function quiet(name: string): Promise<void> {
  const before = world.told(name).length
  const others = world.told('Repeating').length
  await waitFor(() => world.told('Repeating').length >= others + 3, { timeoutMs: 20_000 })
  expect(world.told(name).length).toBe(before)
}

describe('an acknowledgement', () => {
  it('ends the repeats of an alert, not what is new in its group, nor its end; then it is over', async () => {
    const alert = (node: string) => ({ labels: { alertname: 'Seen', node }, endsAt: inSeconds(600) })
    await postAlerts(service.url, [alert('a')])
    await waitFor(() => told('Seen').length >= 2)
    const [one] = await shown('Seen')
    const made = await ask(
      'POST',
      PATH,
      { fingerprint: one?.fingerprint, by: 'ann', comment: 'on it' },
      second,
    )
    expect(made).toMatchObject({
      status: 201,
      body: {
        acknowledgements: [
          { fingerprint: one?.fingerprint, by: 'ann', groupKeys: ['{}:{alertname="Seen"}'] },
        ],
      },
    })
    await waitFor(async () => JSON.stringify((await ask('GET', PATH)).body).includes('on it'))
    await quiet('Seen')

    const before = told('Seen').length
    await postAlerts(service.url, [alert('b')])
    await waitFor(() => told('Seen').length > before)
    expect(told('Seen')[before]).toBe('firing 2')

    const deliveries = await fetch(`${service.url}/api/v1/deliveries?reason=acknowledged`)
    expect(await deliveries.json()).toMatchObject({
      deliveries: [
        {
          outcome: 'suppressed',
          title: '[ACKNOWLEDGED] Seen by ann: on it',
          stages: { acknowledged: expect.any(String) },
        },
      ],
    })

    await postAlerts(service.url, [{ ...alert('a'), endsAt: inSeconds(-1) }])
    await waitFor(() =>
      world.told('Seen').some(({ alerts }) => alerts.some(({ status }) => status === 'resolved')),
    )
    await waitFor(async () => JSON.stringify((await ask('GET', PATH)).body) === '{"acknowledgements":[]}')
  })

  it('of a group is one of each alert that fires, and can be taken back', async () => {
    await postAlerts(
      service.url,
      ['a', 'b'].map((node) => ({ labels: { alertname: 'Whole', node }, endsAt: inSeconds(600) })),
    )
    await waitFor(() => told('Whole').length >= 2)
    const made = await ask('POST', PATH, { groupKey: '{}:{alertname="Whole"}', by: 'bob' })
    expect(made.body['acknowledgements']).toHaveLength(2)
    await quiet('Whole')
    const [first] = made.body['acknowledgements'] as { fingerprint: string }[]
    const before = told('Whole').length
    expect((await ask('DELETE', `${PATH}/${first?.fingerprint}`)).status).toBe(200)
    await waitFor(() => told('Whole').length > before)
  })

  it.each([
    ['of nothing', { by: 'ann' }, 400],
    ['of two things', { by: 'ann', fingerprint: 'x', groupKey: 'y' }, 400],
    ['by nobody', { fingerprint: 'x' }, 400],
    ['of what does not fire', { by: 'ann', fingerprint: '0123456789abcdef' }, 404],
    ['of a group that does not fire', { by: 'ann', groupKey: '{}:{}' }, 404],
    ['until a time that has been', { by: 'ann', fingerprint: 'x', until: '2026-01-01T00:00:00Z' }, 400],
  ])('%s is refused', async (_, body, status) => {
    expect((await ask('POST', PATH, body)).status).toBe(status)
  })

  it('that is not there cannot be taken back', async () => {
    expect(await ask('DELETE', `${PATH}/0123456789abcdef`)).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    })
  })
})

describe('a silence that ends soon and still mutes something', () => {
  it('is told once, also over a restart', async () => {
    const amtool = amtoolAt(service.url)
    await amtool('silence', 'add', 'alertname=~"Muted.*"', '-d', '10m', '-c', 'upgrade', '-a', 'ann')
    await amtool('silence', 'add', 'alertname=Nothing', '-d', '10m', '-c', 'x', '-a', 'ann')
    await postAlerts(service.url, [
      { labels: { alertname: 'MutedOne', severity: 'critical' }, endsAt: inSeconds(600) },
    ])
    const reminders = () => world.sink.requests.filter(({ body }) => body.includes('A silence ends'))
    await waitFor(() => reminders().length > 0, { timeoutMs: 30_000 })
    expect(reminders()[0]?.json()).toMatchObject({
      kind: 'message',
      severity: 'high',
      title: 'A silence ends in 10 min, and 1 alert will be told again',
      metadata: { matchers: '{alertname=~"Muted.*"}', createdBy: 'ann' },
    })
    // Once it is in the log it is not sent again; a kill in between may double it.
    await waitFor(async () => {
      const log = await fetch(`${service.url}/api/v1/deliveries?kind=message&outcome=delivered`)
      return (await log.text()).includes('A silence ends')
    })
    await Promise.all([service.kill(), second.kill()])
    service = await world.start()
    second = await world.start()
    await quiet('MutedOne')
    expect(reminders()).toHaveLength(1)
    expect(world.told('MutedOne')).toEqual([])
  })
})
