import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NatsConnection } from '@nats-io/transport-node'
import { freePort, type Server, startNats, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statusOf } from './http.ts'
import { checkTypes, makeProject, putPackage, REPOSITORY, runNode } from './published.ts'
import { answer, joinNats, readMetrics, readStream } from './tocsin.ts'

const guide = join(REPOSITORY, 'docs/guides/sdk.md')
// Within the repository, where the frameworks of the samples are installed, and where git does not look.
const home = fileURLToPath(new URL('../.tocsin', import.meta.url))
const tsconfig = {
  extends: join(REPOSITORY, 'tsconfig.base.json'),
  compilerOptions: { noEmit: true },
  include: ['*.ts'],
}

/** The samples of the guide by their file names, which their first lines are. */
async function readSamples(): Promise<Record<string, string>> {
  const text = await readFile(guide, 'utf8')
  const blocks = [...text.matchAll(/^```ts\n(\/\/ (\S+\.ts)\n.*?)^```$/gms)]
  expect(blocks).toHaveLength(text.match(/^```ts$/gm)?.length ?? 0)
  return Object.fromEntries(blocks.map(([, code, name]) => [name, code]))
}

// Each starts processes, which takes long on a machine that is busy.
describe('the samples of the guide', { timeout: 120_000 }, () => {
  let server: Server
  let nats: NatsConnection
  let project: Awaited<ReturnType<typeof makeProject>>
  let env: Record<string, string>
  const unseen = new Set<string>()

  beforeAll(async () => {
    server = await startNats()
    nats = await joinNats(server.url)
    env = { NATS_URL: server.url, OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' }
    const samples = await readSamples()
    for (const name of Object.keys(samples)) unseen.add(name)
    project = await makeProject(home, {
      ...samples,
      'package.json': { type: 'module' },
      'tsconfig.json': tsconfig,
    })
    await putPackage(project.folder)
  }, 240_000)

  afterAll(async () => {
    await nats.close()
    await server.stop()
    await project.remove()
  })

  /** Runs a sample to its end. */
  async function run(name: string): Promise<void> {
    unseen.delete(name)
    const { stderr } = await runNode(name, [], { cwd: project.folder, env })
    expect(stderr).toBe('')
  }

  /** Serves a sample on a port of its own, until it was asked for a path. */
  async function serve(name: string, path: string): Promise<void> {
    unseen.delete(name)
    const port = await freePort()
    const file = join(project.folder, name)
    await writeFile(file, (await readFile(file, 'utf8')).replace('3000', String(port)))
    const app: ChildProcess = spawn(process.execPath, [name], {
      cwd: project.folder,
      env: { ...process.env, ...env },
      stdio: 'inherit',
    })
    const ended = once(app, 'exit')
    try {
      await waitFor(() => statusOf(`http://localhost:${port}${path}`).catch(() => false), {
        timeoutMs: 60_000,
        what: `${name} to answer`,
      })
    } finally {
      app.kill('SIGTERM')
    }
    expect(await ended).toEqual([0, null])
  }

  const metric = async (key: string) => (await readMetrics(nats)).get(key)

  it('have the right types', async () => {
    await checkTypes(project.folder)
  })

  it('begin, and end', async () => {
    await run('begin.ts')
    expect(await metric('orders_total{region="eu"}')).toBe(1)
    expect(await metric('http_requests_total{method="POST",route="/api/users",status_code="201"}')).toBe(1)
  })

  it('serve with express', async () => {
    await serve('express.ts', '/users/7')
    expect(await metric('http_requests_total{method="GET",route="/users/:id",status_code="200"}')).toBe(1)
  })

  it('serve with fastify', async () => {
    await serve('fastify.ts', '/products/7')
    expect(await metric('http_requests_total{method="GET",route="/products/:sku",status_code="200"}')).toBe(1)
  })

  it('count spans and instruments of OpenTelemetry, sampled or not', async () => {
    await run('opentelemetry.ts')
    await run('sampled.ts')
    const calls = (name: string, rest = '') =>
      metric(
        `traces_span_metrics_calls_total{service_name="${name === 'pick' ? 'app' : 'shop'}",span_name="${name}",span_kind="SPAN_KIND_INTERNAL",status_code="STATUS_CODE_UNSET"${rest}}`,
      )
    expect(await calls('checkout', ',tenant="acme"')).toBe(1)
    expect(await calls('pick')).toBe(100)
    expect(await metric('carts_opened_total')).toBe(1)
  })

  it('attach a registry, and use threads', async () => {
    await run('attached.ts')
    await run('threads.ts')
    await run('agent.ts')
    expect(await metric('parcels_total')).toBe(3)
    expect(await metric('images_total')).toBe(7)
    expect(await metric('rack_temperature_celsius')).toBe(31.5)
  })

  it('add rules and checks, and notify', async () => {
    const reply = { name: 'QueueTooLong', replaced: false }
    const evaluator = await answer(nats, 'alert-evaluator', 'put-rule', () => reply)
    await run('checks.ts')
    evaluator.stop()
    expect(evaluator.requests).toMatchObject([{ name: 'QueueTooLong', severity: 'medium' }])
    expect(await readStream(nats, 'NOTIFICATIONS')).toMatchObject([{ json: { title: 'Deployed' } }])
    expect((await readStream(nats, 'HEALTH')).at(-1)).toMatchObject({
      json: { check: 'database', status: 'unhealthy', critical: true },
    })
  })

  it('store at the end of each invocation', async () => {
    const invoke = [
      "import { handler } from './handler.ts'",
      'await handler()',
      'await handler()',
      'process.exit(0) // nothing of it comes later',
    ]
    await writeFile(join(project.folder, 'invoke.ts'), invoke.join('\n'))
    await run('invoke.ts')
    unseen.delete('handler.ts')
    expect(await metric('invocations_total')).toBe(2)
  })

  it('are all of them run here', () => {
    expect([...unseen]).toEqual([])
  })
})
