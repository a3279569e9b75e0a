import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startNats } from '@tocsin/testkit'
import { describe, expect, it } from 'vitest'
import { joinNats, readMetrics } from './tocsin.ts'

const run = promisify(execFile)
const app = fileURLToPath(new URL('app-that-ends.ts', import.meta.url))
const ours = 'http_requests_total{method="GET",route="/",status_code="200"}'

describe('a process that uses the SDK and does not shut it down', { timeout: 90_000 }, () => {
  it('ends by itself without NATS', async () => {
    const env = { ...process.env, NATS_URL: 'nats://127.0.0.1:1' }
    const { stdout, stderr } = await run(process.execPath, [app, '0'], { env, timeout: 80_000 })
    expect(stdout).toBe('done\n')
    expect(stderr).toContain('[tocsin] NATS at nats://127.0.0.1:1 is not reachable')
  })

  it('ends by itself while it is connected, and what it did first has arrived', async () => {
    const server = await startNats()
    const nats = await joinNats(server.url)
    try {
      const env = { ...process.env, NATS_URL: server.url, PROMETHEUS_PORT: '0' }
      const { stdout } = await run(process.execPath, [app, '500'], { env, timeout: 80_000 })
      expect(stdout).toBe('done\n')
      expect((await readMetrics(nats)).get(ours)).toBe(1)
    } finally {
      await nats.close()
      await server.stop()
    }
  })
})
