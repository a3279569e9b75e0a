import { execFile } from 'node:child_process'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Server, startNats } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createModelReader } from './model-reader.ts'
import { joinNats, readStream } from './tocsin.ts'

const run = promisify(execFile)

// Each starts processes, which takes long on a machine that is busy.
describe('an application of several threads or processes', { timeout: 90_000 }, () => {
  let server: Server

  beforeAll(async () => {
    server = await startNats()
  })
  afterAll(() => server.stop())

  /** Runs an application to its end; the last value of a counter, by instance. */
  async function turnsOf(app: string, service: string) {
    const file = fileURLToPath(new URL(`fixtures/${app}`, import.meta.url))
    const nats = await joinNats(server.url)
    try {
      const env = { ...process.env, NATS_URL: server.url, PROMETHEUS_PORT: '0' }
      const { stderr } = await run(process.execPath, [file], { env, timeout: 80_000 })
      const reader = createModelReader()
      const turns = new Map<string, unknown>()
      for (const { json } of await readStream(nats, 'METRICS'))
        for (const { metric, labels, value } of reader.read(JSON.stringify(json)))
          if (metric.name === 'turns_total' && labels['service'] === service)
            turns.set(labels['instance'] ?? '', value)
      return { turns, stderr }
    } finally {
      await nats.close()
    }
  }

  it('is an instance for each worker thread', async () => {
    const { turns, stderr } = await turnsOf('app-with-threads.ts', 'threads')
    expect(stderr).toBe('')
    expect([...turns.values()].sort()).toEqual([1, 10, 10])
    const own = new RegExp(`^${hostname()}:\\d+$`)
    const threads = new RegExp(`^${hostname()}:\\d+:\\d+$`)
    const instances = [...turns.keys()]
    expect(instances.filter((instance) => own.test(instance))).toHaveLength(1)
    expect(instances.filter((instance) => threads.test(instance))).toHaveLength(2)
  })

  it('is an instance for each worker of a cluster', async () => {
    const { turns, stderr } = await turnsOf('app-with-cluster.ts', 'cluster')
    expect(stderr).toBe('')
    expect([...turns.values()]).toEqual([10, 10])
  })
})
