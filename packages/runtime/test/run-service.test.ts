import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { failOnLeaks, freePort, type Server, startNats, waitFor } from '@tocsin/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

failOnLeaks({ beforeAll, afterAll })
const main = fileURLToPath(new URL('./fixture-main.ts', import.meta.url))
let nats: Server
const children: ChildProcess[] = []
beforeAll(async () => {
  nats = await startNats()
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(() => nats.stop())

/** The fixture as a process, with all it writes. */
function run(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env['PATH'], NATS_URL: nats.url, HTTP_HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let text = ''
  child.stdout.on('data', (chunk) => (text += chunk))
  child.stderr.on('data', (chunk) => (text += chunk))
  const exited = once(child, 'close').then(([code, signal]) => ({ code, signal }))
  return { child, exited, text: () => text }
}

async function runReady() {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const running = run({ BARE_PORT: String(port) })
  await waitFor(async () => (await fetch(`${url}/health/ready`)).ok, {
    timeoutMs: 15_000,
    what: 'the fixture to be ready',
  })
  return { ...running, url, post: (path: string) => fetch(url + path, { method: 'POST' }) }
}

describe('a service as a process', () => {
  it('names the file of credentials that it cannot read', async () => {
    const { text } = run({ BARE_PORT: String(await freePort()), NATS_CREDS: '/nowhere/nats.creds' })
    await waitFor(() => text().includes('NATS_CREDS'), { timeoutMs: 15_000 })
    expect(text()).toContain('cannot read the credentials of NATS (ENOENT')
    expect(text()).not.toContain('nats-server running?')
  })

  it('asks senders to come again while it waits for NATS: they drop what is answered with 404', async () => {
    const port = await freePort()
    const away = await freePort()
    run({ BARE_PORT: String(port), NATS_URL: `nats://127.0.0.1:${away}` })
    const post = () => fetch(`http://127.0.0.1:${port}/api/v2/alerts`, { method: 'POST', body: '[]' })
    const answer = await waitFor(() => post().catch(() => undefined), { timeoutMs: 15_000 })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(await answer.json()).toMatchObject({ error: { code: 'starting' } })

    const { post: postReady } = await runReady()
    expect((await postReady('/api/v2/alerts')).status).toBe(404)
  })

  it('ends in order with 0 on SIGTERM', async () => {
    const { child, exited, text } = await runReady()
    child.kill('SIGTERM')
    expect(await exited).toEqual({ code: 0, signal: null })
    const lines = text()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    // Two lines of the same moment may change places on their way through a pipe.
    expect(lines.find(({ msg }) => msg === 'stopped')?.['steps']).toEqual([
      expect.stringMatching(/^work done/),
      expect.stringMatching(/^own metrics done/),
      expect.stringMatching(/^http done/),
      expect.stringMatching(/^nats done/),
      expect.stringMatching(/^redis done/),
      expect.stringMatching(/^traces done/),
    ])
    expect(lines[0]).toMatchObject({ level: 'info', service: 'fixture', version: '0.1.0' })
  })

  it('ends at once on a second signal', async () => {
    const { child, exited, post } = await runReady()
    await post('/hang')
    child.kill('SIGINT')
    await waitFor(() => child.exitCode === null)
    child.kill('SIGTERM')
    expect(await exited).toEqual({ code: 1, signal: null })
  })

  it.each([
    ['/throw', 'nobody caught this'],
    ['/reject', 'nobody awaited this'],
  ])('logs an error nobody caught, stops in order, and ends with 1 (%s)', async (path, message) => {
    const { exited, post, text } = await runReady()
    await post(path)
    expect(await exited).toEqual({ code: 1, signal: null })
    expect(text()).toContain(message)
    expect(text()).toContain('"level":"fatal"')
    expect(text()).toContain('finishing work')
  })

  it('lists every fault of its environment and ends with 1, without starting', async () => {
    const { exited, text } = run({ BARE_PORT: 'ninety', NATS_REPLICAS: '0', REDIS_URL: 'http://u:hunter2@x' })
    expect(await exited).toEqual({ code: 1, signal: null })
    expect(text()).toContain('3 variables are not as expected')
    expect(text()).toContain("BARE_PORT: expected a port, 0 to 65535, got 'ninety'")
    expect(text()).not.toContain('hunter2')
  })

  it('names the port that is taken and ends with 1', async () => {
    const first = await runReady()
    const port = new URL(first.url).port
    const second = run({ BARE_PORT: port })
    expect(await second.exited).toEqual({ code: 1, signal: null })
    expect(second.text()).toContain(`127.0.0.1:${port} is taken by another program`)
  })
})
