import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  failOnLeaks,
  type Server,
  type ServiceUnderTest,
  startAlertmanager,
  startNats,
  startService,
  waitFor,
} from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { amtoolAt } from './amtool.ts'
import { inSeconds } from './posting-world.ts'

failOnLeaks({ beforeAll, afterAll })

let nats: Awaited<ReturnType<typeof startNats>>
let first: ServiceUnderTest
let second: ServiceUnderTest
beforeAll(async () => {
  nats = await startNats()
  const env = { NATS_URL: nats.url }
  first = await startService('notifier', env)
  second = await startService('notifier', env)
})
afterAll(async () => {
  await Promise.all([first.stop(), second.stop()])
  await nats.stop()
})

interface Gettable {
  readonly id: string
  readonly comment: string
  readonly endsAt: string
  readonly status: { readonly state: string }
}

async function silencesAt({ url }: ServiceUnderTest, query = ''): Promise<readonly Gettable[]> {
  const answer = await fetch(`${url}/api/v2/silences${query}`)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Gettable[]
}

const lines = (text: string) => text.trim().split('\n')

describe('silences', () => {
  it('are made, found, changed and ended by amtool, and every replica knows them', async () => {
    const amtool = amtoolAt(first.url)
    const added = await amtool(
      'silence',
      'add',
      'alertname=~"High.*"',
      'env="prod"',
      '-d',
      '2h',
      '-c',
      'deploy',
      '-a',
      'ann',
    )
    expect(added).toMatchObject({ code: 0 })
    const [id = ''] = lines(added.stdout)
    const other = await amtool('silence', 'add', 'Other', '-c', 'x', '-a', 'bob')
    expect(other.code).toBe(0)

    const shown = await amtool('silence', 'query', '-q', 'alertname=~"High.*"')
    expect(lines(shown.stdout)).toEqual([id])
    const all = await amtool('silence', 'query', '-o', 'extended')
    expect(all.stdout).toContain('env="prod"')
    expect(all.stdout).toContain('deploy')
    expect(lines((await amtool('silence', 'query', '-q', '--created-by', 'bob')).stdout)).toEqual(
      lines(other.stdout),
    )
    await waitFor(async () => (await silencesAt(second)).length === 2)

    const updated = await amtoolAt(second.url)('silence', 'update', '-d', '3h', '-c', 'longer', id)
    expect(updated.code).toBe(0)
    await waitFor(async () => (await silencesAt(first)).find((one) => one.id === id)?.comment === 'longer')

    expect((await amtool('silence', 'expire', id)).code).toBe(0)
    expect((await silencesAt(first)).find((one) => one.id === id)?.status.state).toBe('expired')
    await waitFor(
      async () => (await silencesAt(second)).find((one) => one.id === id)?.status.state === 'expired',
    )
    expect(lines((await amtool('silence', 'query', '--expired', '-q')).stdout)).toEqual([id])
    expect((await amtool('silence', 'expire', id)).code).toBe(0)
    expect((await amtool('silence', 'expire', '9f1bdea1-5a3f-4a27-8f2e-2f3ba5f7a2aa')).code).toBe(1)
  })

  it('are kept over a restart', async () => {
    const amtool = amtoolAt(second.url)
    const [id = ''] = lines((await amtool('silence', 'add', 'Kept', '-c', 'x', '-a', 'ann')).stdout)
    await second.stop()
    second = await startService('notifier', { NATS_URL: nats.url })
    const found = await fetch(`${second.url}/api/v2/silence/${id}`)
    expect(await found.json()).toMatchObject({ id, createdBy: 'ann', status: { state: 'active' } })
  })

  it('end and are made anew when others change them at the same time, and none is lost', async () => {
    const [id = ''] = lines(
      (await amtoolAt(first.url)('silence', 'add', 'Both', '-c', '0', '-a', 'ann')).stdout,
    )
    const before = (await (await fetch(`${first.url}/api/v2/silence/${id}`)).json()) as Gettable
    await waitFor(async () => (await silencesAt(second)).some((one) => one.id === id))
    const change = ({ url }: ServiceUnderTest, comment: string) =>
      fetch(`${url}/api/v2/silences`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...before, comment, status: undefined, updatedAt: undefined }),
      })
    const answers = await Promise.all([
      change(first, '1'),
      change(second, '2'),
      change(first, '3'),
      change(second, '4'),
    ])
    for (const answer of answers) expect(await answer.json()).toEqual({ silenceID: id })
  })
})

describe('silences of an Alertmanager', { timeout: 60_000 }, () => {
  let alertmanager: Server
  let folder: string
  beforeAll(async () => {
    const config = 'route: { receiver: default }\nreceivers: [{ name: default }]\n'
    alertmanager = await startAlertmanager({ config })
    folder = await mkdtemp(path.join(tmpdir(), 'tocsin-silences-'))
  })
  afterAll(async () => {
    await alertmanager.stop()
    await rm(folder, { recursive: true })
  })

  type Exported = Gettable & {
    readonly createdBy: string
    readonly startsAt: string
    readonly matchers: object[]
  }
  const facts = ({ comment, createdBy, endsAt, matchers }: Exported) => ({
    comment,
    createdBy,
    endsAt,
    matchers: matchers.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
  })
  const imported = async (amtool: ReturnType<typeof amtoolAt>) => {
    const found = JSON.parse((await amtool('silence', 'query', '-o', 'json')).stdout) as Exported[]
    return found.filter(({ createdBy }) => createdBy === 'mover')
  }

  it('are moved by amtool, each once however often they are imported', async () => {
    const theirs = amtoolAt(alertmanager.url)
    const ours = amtoolAt(first.url)
    const who = ['-a', 'mover', '-d', '3h']
    const matchers = [
      ['alertname=~"Disk.*"', 'env!="test"'],
      ['region!~"eu|us"', 'team=shop'],
      ['alertname=Plain'],
    ]
    for (const [i, all] of matchers.entries())
      expect((await theirs('silence', 'add', ...all, ...who, '-c', `number ${i}`)).code).toBe(0)
    for (let i = 0; i < 20; i++)
      expect((await theirs('silence', 'add', `node=n${i}`, ...who, '-c', `of n${i}`)).code).toBe(0)
    const later = ['--start', inSeconds(3600), '--end', inSeconds(7200), '-a', 'mover', '-c', 'later']
    expect((await theirs('silence', 'add', 'alertname=Later', ...later)).code).toBe(0)

    const file = path.join(folder, 'silences.json')
    await writeFile(file, (await theirs('silence', 'query', '-o', 'json')).stdout)
    expect(await ours('silence', 'import', file)).toMatchObject({ code: 0 })
    const wanted = (await imported(theirs)).map(facts)
    expect(wanted).toHaveLength(24)
    const found = await imported(ours)
    expect(found.map(facts)).toEqual(expect.arrayContaining(wanted))
    expect(found).toHaveLength(24)
    // One made anew begins now, or later: in Alertmanager too.
    const [, start] = later
    expect(found.find(({ comment }) => comment === 'later')).toMatchObject({
      startsAt: start,
      status: { state: 'pending' },
    })
    await waitFor(async () => (await imported(amtoolAt(second.url))).length === 24)

    // What comes from here has ids that are known here: nothing is made twice.
    await writeFile(file, JSON.stringify(found))
    expect((await ours('silence', 'import', file)).code).toBe(0)
    expect((await imported(ours)).map(({ id }) => id).sort()).toEqual(found.map(({ id }) => id).sort())
    expect((await ours('silence', 'import', '--force', file)).code).toBe(0)
    expect(await imported(ours)).toHaveLength(48)
  })

  it('that are malformed are refused, and the others taken', async () => {
    const ours = amtoolAt(first.url)
    const silence = (name: string, value: string, isRegex = false) => ({
      matchers: [{ name, value, isRegex }],
      startsAt: inSeconds(0),
      endsAt: inSeconds(600),
      createdBy: 'careless',
      comment: 'x',
    })
    const file = path.join(folder, 'malformed.json')
    await writeFile(
      file,
      JSON.stringify([silence('a', 'good'), silence('b', '(', true), silence('c', 'good')]),
    )
    // With several workers it may end before it has counted what the last of them was refused.
    expect(await ours('silence', 'import', '--worker=1', file)).toMatchObject({
      code: 1,
      stderr: /couldn't import 1 out of 3/,
    })
    const found = await ours('silence', 'query', '-q', '--created-by', 'careless')
    expect(lines(found.stdout)).toHaveLength(2)
  })
})

describe('Alertmanager’s API', () => {
  it('is described to amtool', async () => {
    const amtool = amtoolAt(first.url)
    const shown = await amtool('config', 'show')
    expect(shown).toMatchObject({ code: 0 })
    expect(shown.stdout).toContain('receiver: default')
    expect((await amtool('cluster', 'show')).stdout).toContain('ready')
    const routed = await amtool('config', 'routes', 'test', 'severity=critical')
    expect(routed).toMatchObject({ code: 0, stdout: 'default\n' })
  })

  it.each([
    ['GET', '/api/v2/nothing', undefined, 404, { code: 404, message: 'path /api/v2/nothing was not found' }],
    [
      'GET',
      '/api/v2/silence/x',
      undefined,
      422,
      { code: 601, message: 'silenceID in path must be of type uuid: "x"' },
    ],
    ['DELETE', '/api/v2/silences', undefined, 405, { code: 405 }],
    ['POST', '/api/v2/silences', '', 422, { code: 602, message: 'silence in body is required' }],
    ['POST', '/api/v2/silences', '{', 400, { code: 400 }],
    ['POST', '/api/v2/silences', '[]', 400, { code: 400 }],
    ['POST', '/api/v2/silences', '{}', 422, { code: 602, message: 'comment in body is required' }],
    ['GET', '/api/v2/silences?filter=zzz', undefined, 400, expect.stringContaining('zzz')],
    ['GET', '/-/healthy', undefined, 200, 'OK'],
    ['GET', '/-/ready', undefined, 200, 'OK'],
  ])('answers %s %s %s as Alertmanager does', async (method, path, body, status, expected) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${first.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    })
    const text = await answer.text()
    expect(answer.status).toBe(status)
    const told: unknown = answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text
    if (typeof expected === 'object' && 'code' in expected) expect(told).toMatchObject(expected)
    else expect(told).toEqual(expected)
  })
})

describe('an id that is none', () => {
  it.each(['a%20b', 'a.', '..%2f..', 'a..b', '*', '%3E', '0f0f0f0f-0000-4000-8000-000000000000'])(
    'is of no silence: %s',
    async (id) => {
      const answer = await fetch(`${first.url}/api/v1/silences/${id}`, { method: 'DELETE' })
      expect(answer.status).toBe(404)
      const message = `silence ${decodeURIComponent(id)} not found`
      expect(await answer.json()).toEqual({ error: { code: 'not_found', message } })

      const changed = await fetch(`${first.url}/api/v2/silences`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          id: decodeURIComponent(id),
          matchers: [{ name: 'alertname', value: 'X', isRegex: false }],
          startsAt: inSeconds(0),
          endsAt: inSeconds(600),
          createdBy: 'ann',
          comment: 'deploy',
        }),
      })
      expect([changed.status, await changed.json()]).toEqual([404, message])
    },
  )

  it.each(['a%20b', 'a.', '..%2f..', '*'])('is of no acknowledgement: %s', async (id) => {
    const answer = await fetch(`${first.url}/api/v1/acknowledgements/${id}`, { method: 'DELETE' })
    expect(answer.status).toBe(404)
  })
})
