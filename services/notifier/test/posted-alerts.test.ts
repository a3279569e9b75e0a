import { fingerprint } from '@tocsin/contract'
import { failOnLeaks, type ServiceUnderTest, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { amtoolAt } from './amtool.ts'
import { inSeconds, type PostingWorld, postAlerts, startPostingWorld } from './posting-world.ts'

failOnLeaks({ beforeAll, afterAll })
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 })

let world: PostingWorld
let first: ServiceUnderTest
let second: ServiceUnderTest
beforeAll(async () => {
  world = await startPostingWorld('2s')
  first = await world.start()
  second = await world.start()
})
afterAll(() => world.stop())

/** The states that receivers heard of, a repeat counted once. */
const heard = (name: string) =>
  world
    .told(name)
    .map(({ status }) => status)
    .filter((status, i, all) => status !== all[i - 1])
const lines = (text: string) => text.trim().split('\n')

describe('an alert that is posted', () => {
  it('by amtool is told with its labels and no others, and so is its end; every replica shows it', async () => {
    const amtool = amtoolAt(first.url)
    const labels = ['alertname=Added', 'node=bar']
    const endsAt = inSeconds(600)
    const added = await amtool('alert', 'add', ...labels, '--annotation=summary=Something', `--end=${endsAt}`)
    expect(added).toMatchObject({ code: 0 })
    await waitFor(() => world.told('Added').length > 0)
    const own = { alertname: 'Added', node: 'bar' }
    expect(world.told('Added')[0]?.alerts).toMatchObject([
      { status: 'firing', labels: own, annotations: { summary: 'Something' }, fingerprint: fingerprint(own) },
    ])
    expect((await amtool('alert', 'query', '-o', 'extended', 'Added')).stdout).toContain('node="bar"')
    await waitFor(async () =>
      (await amtoolAt(second.url)('alert', 'query', 'node=bar')).stdout.includes('Added'),
    )
    for (const { url } of [first, second]) {
      const shown = async () => (await amtoolAt(url)('alert', 'query', '-o', 'json', 'Added')).stdout
      await waitFor(async () => (await shown()).includes(`"endsAt":"${endsAt}"`))
    }
    expect(await amtool('alert', 'add', ...labels, `--end=${inSeconds(-1)}`)).toMatchObject({ code: 0 })
    await waitFor(() => heard('Added').length === 2)
    expect(heard('Added')).toEqual(['firing', 'resolved'])
    await waitFor(async () => !(await amtool('alert', 'query', 'Added')).stdout.includes('Something'))
  })

  it('ends when it is not posted again before its end, and not while it is', async () => {
    const labels = { alertname: 'Kept' }
    const [startsAt, early, late] = [inSeconds(-5), inSeconds(4), inSeconds(7)]
    await postAlerts(first.url, [{ labels, startsAt, endsAt: early }])
    await postAlerts(second.url, [{ labels, startsAt, endsAt: late }])
    await waitFor(() => heard('Kept').length === 2, { timeoutMs: 30_000 })
    const ended = world.told('Kept').at(-1)?.alerts[0]
    expect(ended).toMatchObject({ status: 'resolved', startsAt, endsAt: late })
  })

  it('without an end fires for the resolve timeout', async () => {
    await postAlerts(first.url, [{ labels: { alertname: 'Brief' } }])
    await waitFor(() => heard('Brief').length === 2, { timeoutMs: 30_000 })
    const [begun, ended] = [world.told('Brief')[0]?.alerts[0], world.told('Brief').at(-1)?.alerts[0]]
    expect(Date.parse(ended?.endsAt ?? '') - Date.parse(begun?.startsAt ?? '')).toBe(2000)
  })

  it('is told with the annotations that it has by then', async () => {
    const alert = { labels: { alertname: 'Changing' }, startsAt: inSeconds(0), endsAt: inSeconds(600) }
    await postAlerts(first.url, [{ ...alert, annotations: { value: '1' } }])
    await waitFor(() => world.told('Changing').length > 0)
    await postAlerts(first.url, [{ ...alert, annotations: { value: '2' } }])
    await waitFor(() => world.told('Changing').at(-1)?.commonAnnotations['value'] === '2')
  })

  it('is muted by a silence of its own, beside others of its group, and told when that ends', async () => {
    const amtool = amtoolAt(second.url)
    const added = await amtool('silence', 'add', 'Grouped', 'node=b', '-c', 'known', '-a', 'ann')
    const [id = ''] = lines(added.stdout)
    await waitFor(async () => (await amtoolAt(first.url)('silence', 'query', '-q')).stdout.includes(id))
    const endsAt = inSeconds(600)
    await postAlerts(first.url, [
      { labels: { alertname: 'Grouped', node: 'a' }, endsAt },
      { labels: { alertname: 'Grouped', node: 'b' }, endsAt },
    ])
    await waitFor(() => world.told('Grouped').length > 1)
    const nodes = () =>
      world.told('Grouped').map(({ alerts }) => alerts.map(({ labels }) => labels['node']).join())
    expect(new Set(nodes())).toEqual(new Set(['a']))
    const shown = await amtool('alert', 'query', '--silenced', '-o', 'json', 'Grouped')
    expect(JSON.parse(shown.stdout)).toMatchObject([
      { labels: { node: 'b' }, status: { state: 'suppressed', silencedBy: [id] } },
    ])
    expect((await amtool('silence', 'expire', id)).code).toBe(0)
    await waitFor(() => nodes().includes('a,b'))
  })
})

describe('posted alerts', () => {
  it('are in the story before anybody is told', async () => {
    const alerts = ['a', 'b'].map((node) => ({
      labels: { alertname: 'Waiting', node },
      endsAt: inSeconds(600),
    }))
    const silenced = await amtoolAt(first.url)('silence', 'add', 'Waiting', '-c', 'known', '-a', 'ann')
    expect(silenced.code).toBe(0)
    await postAlerts(first.url, alerts)
    const storyOf = async (alert: string) => {
      const answer = await fetch(`${second.url}/api/v1/deliveries/${alert}/story`)
      return ((await answer.json()) as { lines: { what: string; fingerprints: string[] }[] }).lines
    }
    const firing = async (alert: string) => (await storyOf(alert)).filter(({ what }) => what === 'firing')
    await waitFor(async () => (await firing('Waiting')).length === 2)
    const [one] = alerts.map(({ labels }) => fingerprint(labels))
    expect(await firing(one ?? '')).toMatchObject([{ fingerprints: [one] }])
    expect(world.told('Waiting')).toEqual([])
  })

  it('that are valid are taken, though others of the request are not', async () => {
    const labels = { alertname: 'Valid' }
    const answer = await postAlerts(first.url, [{ labels: {} }, { labels, endsAt: inSeconds(600) }])
    expect([answer.status, await answer.json()]).toEqual([400, 'at least one label pair required'])
    await waitFor(() => world.told('Valid').length > 0)
    const letters = await fetch(`${first.url}/api/v1/dead-letters?reason=invalid_alert`)
    expect(JSON.stringify(await letters.json())).toContain('Valid')
  })

  it('have names of any length', async () => {
    const name = 'Long'.repeat(5000)
    await postAlerts(first.url, [{ labels: { alertname: name }, endsAt: inSeconds(600) }])
    await waitFor(() => world.told(name).length > 0, { timeoutMs: 30_000 })
    const answer = await fetch(`${second.url}/api/v1/deliveries/${fingerprint({ alertname: name })}/story`)
    const { lines } = (await answer.json()) as { lines: { what: string }[] }
    expect(lines.map(({ what }) => what).slice(0, 2)).toEqual(['firing', 'delivered'])
  })

  it('come in one request, though they fit no single message', async () => {
    const alerts = Array.from({ length: 400 }, (_, n) => ({
      labels: { alertname: 'Many', n: String(n) },
      annotations: { summary: 'x'.repeat(5000) },
      endsAt: inSeconds(600),
    }))
    expect((await postAlerts(first.url, alerts)).status).toBe(200)
    const shownAt = async (url: string) => {
      const found = (await (await fetch(`${url}/api/v2/alerts?filter=alertname%3DMany`)).json()) as unknown[]
      return found.length
    }
    await waitFor(async () => (await shownAt(second.url)) === 400, { timeoutMs: 60_000 })
  })

  it('do not end because nobody was there to hear of them', async () => {
    const labels = { alertname: 'Patient' }
    expect((await postAlerts(first.url, [{ labels, endsAt: inSeconds(600) }])).status).toBe(200)
    expect(
      (await postAlerts(first.url, [{ labels: { alertname: 'Gone' }, endsAt: inSeconds(2) }])).status,
    ).toBe(200)
    await waitFor(() => world.told('Patient').length > 0 && world.told('Gone').length > 0, {
      timeoutMs: 60_000,
    })
    await Promise.all([first.kill(), second.kill()])
    first = await world.start()
    second = await world.start()
    await waitFor(() => heard('Gone').length === 2, { timeoutMs: 30_000 })
    expect(heard('Patient')).toEqual(['firing'])
    expect((await postAlerts(first.url, [{ labels, endsAt: inSeconds(-1) }])).status).toBe(200)
    await waitFor(() => heard('Patient').length === 2)
  })

  it('are refused while they cannot be stored, and taken again afterwards', async () => {
    const postAway = async () =>
      (await postAlerts(first.url, [{ labels: { alertname: 'Away' }, endsAt: inSeconds(600) }])).status
    await world.nats.kill()
    await waitFor(async () => (await postAway()) === 503)
    await world.nats.restart()
    await waitFor(async () => (await postAway()) === 200, { timeoutMs: 60_000 })
    await waitFor(() => world.told('Away').length > 0, { timeoutMs: 60_000 })
  })
})
