import { failOnLeaks, type ServiceUnderTest, startNats, startService, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { amtoolAt } from './amtool.ts'

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
