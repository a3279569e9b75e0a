import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { failOnLeaks, freePort, startHttpSink, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

failOnLeaks({ beforeAll, afterAll })

const run = promisify(execFile)
const demo = fileURLToPath(new URL('../src/demo.ts', import.meta.url))

describe('the demo', () => {
  it('says what to do when Tocsin does not run', async () => {
    const env = { ...process.env, ALERT_EVALUATOR_PORT: String(await freePort()) }
    await expect(run(process.execPath, [demo], { env })).rejects.toMatchObject({
      code: 1,
      stderr: 'demo: Tocsin is not running: start it in another terminal with `npm start`, then try again\n',
    })
  })

  it('starts a shop, drives it, and on Ctrl-C stops what it started', async () => {
    // An evaluator without alerts; a real one fires and resolves in the tests of the whole system.
    const body = JSON.stringify({ status: 'success', data: { alerts: [] } })
    const evaluator = await startHttpSink({ answer: () => ({ body }) })
    const shopPort = await freePort()
    const child = spawn(process.execPath, [demo, '--rate', '50'], {
      env: {
        ...process.env,
        ALERT_EVALUATOR_PORT: String(evaluator.port),
        SHOP_PORT: String(shopPort),
        NATS_URL: 'nats://127.0.0.1:1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const exited = once(child, 'exit')
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    try {
      await waitFor(() => /requests [1-9]\d* {2}errors 0/.test(output), {
        timeoutMs: 15_000,
        what: 'requests',
      })
    } finally {
      child.kill('SIGINT')
      expect(await exited).toEqual([0, null])
      await evaluator.stop()
    }
    expect(output).toContain(`started the shop at http://127.0.0.1:${shopPort}`)
    await expect(fetch(`http://127.0.0.1:${shopPort}/products`)).rejects.toThrow()
  })
})
