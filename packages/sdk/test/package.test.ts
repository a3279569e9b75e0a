import { execFile } from 'node:child_process'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { NatsConnection } from '@nats-io/transport-node'
import { type Server, startNats } from '@tocsin/testkit'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildPackage, checkTypes, makeProject, REPOSITORY, runNode } from './published.ts'
import { forecastReply, slaReply } from './replies.ts'
import { answer, joinNats, readMetrics, readStream } from './tocsin.ts'

const run = promisify(execFile)
const brief = fileURLToPath(new URL('fixtures/brief.mjs', import.meta.url))
const compilerOptions = {
  strict: true,
  useUnknownInCatchVariables: false,
  checkJs: true,
  noEmit: true,
  module: 'esnext',
  moduleResolution: 'bundler',
  target: 'es2022',
  skipLibCheck: false,
  types: ['node'],
  typeRoots: [join(REPOSITORY, 'node_modules/@types')],
}

describe('the package as it is published', { timeout: 120_000 }, () => {
  let server: Server
  let nats: NatsConnection
  let built: string
  let tarball: string
  let project: string
  const removals: (() => Promise<void>)[] = []

  async function make(files: Parameters<typeof makeProject>[1]): Promise<string> {
    const { folder, remove } = await makeProject(tmpdir(), files)
    removals.push(remove)
    return folder
  }

  // An empty project, far from this repository and what is installed in it.
  beforeAll(async () => {
    server = await startNats()
    nats = await joinNats(server.url)
    const home = await make({})
    built = join(home, 'built')
    await buildPackage(built)
    const packed = await run('npm', ['pack', built, '--pack-destination', home, '--json'])
    const [{ filename }] = Object.values(JSON.parse(packed.stdout)) as [{ filename: string }]
    tarball = join(home, filename)
    project = await make({ 'package.json': { name: 'shop', private: true, type: 'module' } })
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], { cwd: project })
  }, 240_000)

  afterAll(async () => {
    await nats.close()
    await server.stop()
    for (const remove of removals) await remove()
  })

  it('has nothing that publint or arethetypeswrong object to', async () => {
    const { messages } = await publint({ pkgDir: built, strict: true, pack: false })
    expect(messages).toEqual([])
    const attw = new URL('dist/index.js', import.meta.resolve('@arethetypeswrong/cli/package.json'))
    await runNode(fileURLToPath(attw), [tarball, '--profile', 'esm-only'], { cwd: project })
  })

  it('needs nothing of ours beside itself, and lets its users take later versions of the rest', async () => {
    const manifest = JSON.parse(await readFile(join(built, 'package.json'), 'utf8'))
    expect(JSON.stringify(manifest.dependencies)).not.toContain('@tocsin')
    expect(Object.values(manifest.dependencies)).toEqual(
      Object.values(manifest.dependencies).map(() => expect.stringMatching(/^\^\d/)),
    )
    expect(manifest).not.toHaveProperty('private')
  })

  it("runs the brief's samples with plain Node", async () => {
    const stops = [
      await answer(nats, 'alert-evaluator', 'put-rule', () => ({
        name: 'CustomMetricAlert',
        replaced: false,
      })),
      await answer(nats, 'sla', 'report', () => slaReply),
      await answer(nats, 'capacity', 'forecast', () => forecastReply),
    ]
    const file = join(project, 'brief.mjs')
    await copyFile(brief, file)
    const { stdout, stderr } = await runNode(file, [], { cwd: project, env: { NATS_URL: server.url } })
    expect(stderr).toBe('')
    expect(stdout.trim().split('\n')).toEqual([
      'Overall compliance: 99.95%',
      'Error budget remaining: 50%',
      'Archive what is older than a year',
    ])
    expect((await readMetrics(nats)).get('custom_metric')).toBe(150)
    expect(await readStream(nats, 'NOTIFICATIONS')).toHaveLength(1)
    expect(await readStream(nats, 'HEALTH')).not.toHaveLength(0)
    for (const { stop } of stops) stop()
  })

  it('can be required by what is no module yet', async () => {
    const file = join(project, 'old.cjs')
    await writeFile(
      file,
      `const { createMonitoring } = require('@tocsin/sdk')
      const { metrics } = require('@tocsin/sdk/prometheus')
      metrics.activeUsers.set(3)
      console.log(typeof createMonitoring, metrics.registry.getMetricsAsArray().length)`,
    )
    const { stdout } = await runNode(file, [], { cwd: project })
    expect(stdout).toBe('function 1\n')
  })

  it("has the types of the brief's samples under their own module names, for the strictest of compilers", async () => {
    const paths = {
      '@/lib/monitoring': ['./node_modules/@tocsin/sdk/mod'],
      '@/lib/monitoring/*': ['./node_modules/@tocsin/sdk/*'],
    }
    const options = { compilerOptions: { ...compilerOptions, paths }, include: ['typed.mjs', 'calls.ts'] }
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify(options))
    const samples = await readFile(brief, 'utf8')
    await writeFile(join(project, 'typed.mjs'), samples.replaceAll("'@tocsin/sdk", "'@/lib/monitoring"))
    const calls = [
      "import { recordHttpRequest } from '@/lib/monitoring/prometheus'",
      "recordHttpRequest('GET', '/', 200, 1)",
      '// @ts-expect-error',
      "recordHttpRequest('GET', '/', 'ok', 1)",
    ]
    await writeFile(join(project, 'calls.ts'), calls.join('\n'))
    await checkTypes(project)
  })
})
