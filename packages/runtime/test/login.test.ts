import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { failOnLeaks, type Server, startNats, testClock, waitFor } from '@tocsin/testkit'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenBoth } from '../src/http/listen-tls.ts'
import {
  createLog,
  createPrometheusClient,
  EnvError,
  ListenError,
  startService,
  systemClock,
} from '../src/mod.ts'
import { bareEnv, keepLines, startBare } from './bare-service.ts'

failOnLeaks({ beforeAll, afterAll })
let nats: Server
let folder: string
beforeAll(async () => {
  nats = await startNats()
  folder = await mkdtemp(join(tmpdir(), 'runtime-login-'))
})
afterAll(async () => {
  await nats.stop()
  await rm(folder, { recursive: true })
})

const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` })
const login = {
  PROMETHEUS_AUTH_USER: 'prometheus',
  PROMETHEUS_AUTH_PASS: 'a:b ü',
  PROMETHEUS_AUTH_TOKEN: 't0k',
}

describe('the login of /metrics', () => {
  it('is not asked for unless the environment sets one', async () => {
    const { service } = await startBare(nats.url)
    expect((await fetch(`${service.url}/metrics`)).status).toBe(200)
    await service.stop()
  })

  it('is a name and password or a token; health answers without', async () => {
    const { service } = await startBare(nats.url, login)
    const statusOf = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(service.url + path, { headers })).status
    expect(await statusOf('/metrics', basic('prometheus:a:b ü'))).toBe(200)
    expect(await statusOf('/metrics', { authorization: 'bearer t0k' })).toBe(200)
    expect(await statusOf('/health/live')).toBe(200)
    expect(await statusOf('/health/ready')).toBe(200)
    for (const headers of [
      {},
      basic('prometheus:wrong'),
      basic(':'),
      { authorization: 'Bearer t0' },
      { authorization: 't0k' },
    ])
      expect(await statusOf('/metrics', headers)).toBe(401)
    const refused = await fetch(`${service.url}/metrics`)
    expect(refused.headers.get('www-authenticate')).toBe('Basic realm="tocsin", Bearer realm="tocsin"')
    expect(await refused.json()).toMatchObject({ error: { code: 'unauthorized' } })
    await service.stop()
  })

  it('that is only half set is an error at the start', async () => {
    const half = startBare(nats.url, { PROMETHEUS_AUTH_USER: 'prometheus' })
    await expect(half).rejects.toThrow(EnvError)
    await expect(half).rejects.toThrow(
      'PROMETHEUS_AUTH_PASS: expected a value, since PROMETHEUS_AUTH_USER is set',
    )
  })

  it('may stand in the URL of a backend', async () => {
    const { ctx, service } = await startBare(nats.url, login)
    ctx.http.post('/api/v1/query', (request, response) => {
      const value = request.get('authorization') === basic('prometheus:a:b ü').authorization ? '1' : '0'
      response.json({ status: 'success', data: { resultType: 'scalar', result: [1, value] } })
    })
    const client = createPrometheusClient(service.url.replace('//', '//prometheus:a%3Ab%20%C3%BC@'))
    expect(client.url).not.toContain('a%3Ab')
    expect(await client.instant('1')).toEqual([{ labels: {}, value: 1 }])
    await service.stop()
  })
})

describe('HTTPS', () => {
  const files = () => ({ cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') })
  const where = () => ({ port: 0, host: '127.0.0.1', files: files() })
  const log = createLog({ service: 'tls', version: '1', level: 'silent' })
  const plain = { port: 0, host: '127.0.0.1' }

  /** Written at a time of its own, as a file that changed has. */
  async function writePair(name: string, atMs: number, private_?: string): Promise<void> {
    const pair = await generate([{ name: 'commonName', value: name }])
    const { cert, key } = files()
    await writeFile(cert, pair.cert)
    await writeFile(key, private_ ?? pair.private)
    for (const path of [cert, key]) await utimes(path, new Date(), new Date(atMs))
  }

  function get(url: string): Promise<{ status: number | undefined; name: string }> {
    return new Promise((resolve, reject) => {
      const asked = request(url, { rejectUnauthorized: false, agent: false }, (response) => {
        const { subject } = (response.socket as TLSSocket).getPeerCertificate()
        response
          .resume()
          .once('end', () => resolve({ status: response.statusCode, name: String(subject.CN) }))
      })
      asked.once('error', reject).end()
    })
  }

  it('listens beside HTTP with the same routes and login', async () => {
    await writePair('first', 1e12)
    const { lines, destination } = keepLines()
    const service = await startService(
      { name: 'bare', env: bareEnv, port: () => 0, tls: where, start: () => {} },
      { NATS_URL: nats.url, HTTP_HOST: '127.0.0.1', SELF_METRICS_INTERVAL: '0', ...login },
      { log: createLog({ service: 'bare', version: '1', level: 'info', pretty: false, destination }) },
    )
    await service.started
    const url = String(lines.find(({ msg }) => msg === 'listening for HTTPS')?.['url'])
    expect(await get(`${url}/health/live`)).toEqual({ status: 200, name: 'first' })
    expect((await get(`${url}/metrics`)).status).toBe(401)
    await service.stop()
    await expect(get(`${url}/health/live`)).rejects.toThrow()
  })

  it('takes a renewed certificate without a restart, and keeps the old one while the new one is broken', async () => {
    await writePair('first', 1e12)
    const clock = testClock()
    const http = await listenBoth((_, response) => response.end(), plain, where(), { clock, log })
    const url = http.httpsUrl ?? ''
    const look = async () => {
      await waitFor(() => clock.pending > 0)
      await clock.advance(30_000)
      await waitFor(() => clock.pending > 0)
    }
    await look()
    expect((await get(url)).name).toBe('first')
    await writePair('broken', 2e12, 'no key')
    await look()
    expect((await get(url)).name).toBe('first')
    await writePair('second', 3e12)
    await look()
    expect((await get(url)).name).toBe('second')
    await http.close()
  })

  it('needs a certificate and its key, and leaves nothing behind without them', async () => {
    await writePair('first', 1e12, 'no key')
    const refused = listenBoth(() => {}, plain, where(), { clock: systemClock, log })
    await expect(refused).rejects.toThrow(ListenError)
    await expect(refused).rejects.toMatchObject({ code: 'bad_certificate' })
  })
})
