import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning } from '@tocsin/servers'
import { startHttpSink, startNats, startRedis, waitFor } from '@tocsin/testkit'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeWorkspace, type RunningCli, runCli } from './run-cli.ts'

// Each starts and stops whole systems of processes; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 })

let workspace: Awaited<ReturnType<typeof makeWorkspace>>
const clis: RunningCli[] = []
const stops: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  workspace = await makeWorkspace()
})
afterEach(async () => {
  await Promise.all(clis.splice(0).map(({ process }) => process.stop(20_000)))
  await Promise.all(stops.splice(0).map((stop) => stop()))
  workspace.remove()
})

async function tocsin(args: readonly string[], env: Record<string, string> = {}): Promise<RunningCli> {
  const cli = await runCli(args, { ...workspace.env, ...env })
  clis.push(cli)
  return cli
}

const readRun = () => JSON.parse(readFileSync(join(workspace.env['TOCSIN_HOME'] ?? '', 'run.json'), 'utf8'))
const pids = (): number[] => readRun().parts.flatMap(({ pid }: { pid?: number }) => pid ?? [])
const noneRuns = (all: readonly number[]) =>
  waitFor(() => !all.some(isRunning), { timeoutMs: 15_000, what: 'all to end' })

// Most runs need no inbox, which is slow to start.
const OWN_MAIL = { SMTP_HOST: 'smtp.example.com', EMAIL_TO: 'team@example.com' }

describe('tocsin up', () => {
  test('runs everything, starts again what crashes, runs once only, and stops everything on Ctrl-C', async () => {
    const cli = await tocsin(['up'])
    await cli.says('Try next')
    const text = cli.text()
    for (const name of ['nats', 'redis', 'inbox', 'collector', 'notifier', 'host-agent']) {
      expect(text).toContain(` ${name} `)
    }
    expect(text).toContain('simulated: mail is caught here and goes nowhere else')
    expect(text).toContain(
      'Alerts go to: e-mail to oncall@localhost (the inbox), no Slack (set SLACK_WEBHOOK_URL)',
    )
    expect(text).toMatch(/collector +│ .*listening/)
    const all = pids()
    expect(all).toHaveLength(6)
    expect(all.every(isRunning)).toBe(true)

    const second = await tocsin(['up'])
    expect((await second.process.exited).code).toBe(1)
    expect(second.text()).toContain('Tocsin already runs')

    const { pid, where } = readRun().parts[0]
    process.kill(pid, 'SIGKILL')
    await cli.says('nats died (killed by SIGKILL)')
    await waitFor(() => readRun().parts[0].restarts === 1, { what: 'NATS to be started again' })
    expect(readRun().parts[0].where).toBe(where)
    const after = pids()

    cli.process.signal('SIGINT')
    expect(await cli.process.exited).toEqual({ code: 0, signal: null })
    await noneRuns([...all, ...after])
    expect(cli.text()).toMatch(/host-agent +│ .*stopping[\s\S]*notifier +│ .*stopping/)
  })

  test('dies with all its children when it is killed, and can be started again at once on the same data', async () => {
    const first = await tocsin(['up'], OWN_MAIL)
    await first.says('Try next')
    const all = pids()
    first.process.signal('SIGKILL')
    await first.process.exited
    const second = await tocsin(['up'], OWN_MAIL)
    await second.says('Try next', 30_000)
    expect(all.some(isRunning)).toBe(false)
  })

  test('uses the NATS and Redis that the environment names, and leaves them alone', async () => {
    const [nats, redis] = await Promise.all([startNats(), startRedis()])
    stops.push(nats.stop, redis.stop)
    const cli = await tocsin(['up'], { ...OWN_MAIL, NATS_URL: nats.url, REDIS_URL: redis.url })
    await cli.says('Try next')
    expect(cli.text()).toContain('yours, from NATS_URL')
    expect(cli.text()).toContain(`nats pub --server ${nats.url} monitoring.metrics.shop`)
    expect(cli.text()).toContain('Alerts go to: e-mail to team@example.com,')
    expect(cli.text()).not.toContain('simulated')
    cli.process.signal('SIGTERM')
    expect((await cli.process.exited).code).toBe(0)
    expect(nats.running && redis.running).toBe(true)
  })

  test('starts its own NATS when the one that is named does not answer, and is forced by a second Ctrl-C', async () => {
    const cli = await tocsin(['up'], {
      ...OWN_MAIL,
      NATS_URL: 'nats://127.0.0.1:1',
      FAULT_HOST_AGENT: 'deaf',
    })
    await cli.says('Try next')
    expect(cli.text()).toContain('NATS_URL nats://127.0.0.1:1 is not usable')
    expect(cli.text()).toContain('NATS_URL does not answer: started here instead')

    const all = pids()
    cli.process.signal('SIGINT')
    await cli.says(/host-agent +│ .*stopping/)
    const asked = performance.now()
    const askAgain = () => {
      if (performance.now() - asked > 800) cli.process.signal('SIGINT')
      return !cli.process.running
    }
    await waitFor(askAgain, { what: 'up to end by force' })
    // 130, as a shell reports it.
    expect(await cli.process.exited).toEqual({ code: null, signal: 'SIGINT' })
    await noneRuns(all)
  })

  test.runIf(existsSync('/dev/full'))('runs on while nothing that it prints can be written', async () => {
    const cli = await runCli(['up'], { ...workspace.env, ...OWN_MAIL }, '/dev/full')
    clis.push(cli)
    await cli.says('tocsin: the output cannot be written (ENOSPC')
    await waitFor(() => readRun().phase === 'ready', { what: 'everything to be ready' })
    cli.process.signal('SIGTERM')
    expect((await cli.process.exited).code).toBe(0)
    expect(cli.text().split('\n')).toHaveLength(1)
  })

  test('names every port that is taken, and starts nothing', async () => {
    const sink = await startHttpSink({ port: Number(workspace.env['HOST_AGENT_PORT']) })
    stops.push(sink.stop)
    const cli = await tocsin(['up'], { PROMETHEUS_PORT: workspace.env['NOTIFIER_PORT'] ?? '' })
    expect((await cli.process.exited).code).toBe(1)
    expect(cli.text()).toContain(
      `port ${sink.port} (host-agent) is taken by another program: stop that, or set HOST_AGENT_PORT to another port`,
    )
    expect(cli.text()).toMatch(/is given to both collector and notifier: set NOTIFIER_PORT to another/)
  })

  test('names everything at once that is wrong with the environment, as the services do', async () => {
    const cli = await tocsin(['up'], {
      SLA_PORT: 'abc',
      NOTIFIER_PORT: '70000',
      OTLP_PORT: '0x10',
      GRAFANA_ENABLED: 'maybe',
    })
    expect((await cli.process.exited).code).toBe(1)
    expect(cli.text().split('\n').toSorted()).toEqual([
      "  GRAFANA_ENABLED: expected 'true', 'false', '1' or '0', got 'maybe'",
      "  NOTIFIER_PORT: expected a port, 1 to 65535, got '70000'",
      "  OTLP_PORT: expected a port, 1 to 65535, got '0x10'",
      "  SLA_PORT: expected a port, 1 to 65535, got 'abc'",
      'tocsin: the environment is not usable:',
    ])
  })

  test.each([[['up']], [['up', '--detach']]])(
    '%j says in one line that its folder cannot be used',
    async (args) => {
      const home = join(workspace.folder, 'a-file')
      writeFileSync(home, '')
      const cli = await tocsin(args, { TOCSIN_HOME: home })
      expect((await cli.process.exited).code).toBe(1)
      expect(cli.text().split('\n').at(-1)).toMatch(
        /^tocsin: the folder .*a-file cannot be used \(E.*\): a file is in its place: move that away, or set TOCSIN_HOME/,
      )
      expect(cli.text()).not.toContain(' at ')
    },
  )
})

describe('tocsin up --detach', () => {
  test('leaves a supervisor that status shows and stop stops', async () => {
    const up = await tocsin(['up', '--detach'], { ...OWN_MAIL, FAULT_NOTIFIER: 'degraded' })
    expect((await up.process.exited).code).toBe(0)
    expect(up.text()).toContain('Try next')
    const all = pids()

    const [again, status] = await Promise.all([tocsin(['up', '--detach']), tocsin(['status'])])
    expect((await again.process.exited).code).toBe(0)
    expect(again.text()).toContain('already runs')
    expect((await status.process.exited).code).toBe(0)
    expect(status.text()).toMatch(/collector +\d+ +0 +ready +http/)
    expect(status.text()).toMatch(/notifier +\d+ +0 +degraded: redis: away; a rule: is off +http/)
    const log = join(workspace.env['TOCSIN_HOME'] ?? '', 'logs', 'collector.log')
    expect(JSON.parse(readFileSync(log, 'utf8').split('\n')[0] ?? '')).toMatchObject({ msg: 'listening' })

    const stop = await tocsin(['stop'])
    expect((await stop.process.exited).code).toBe(0)
    expect(stop.text()).toMatch(/Tocsin \(pid \d+\) is stopped/)
    await noneRuns(all)
  })

  test('runs on while neither its logs nor its state can be written', async () => {
    const up = await tocsin(['up', '--detach'], OWN_MAIL)
    expect((await up.process.exited).code).toBe(0)
    const home = workspace.env['TOCSIN_HOME'] ?? ''
    const inTheWay = [join(home, 'logs', 'collector.log'), join(home, `run.json.${readRun().pid}`)]
    for (const path of inTheWay) {
      rmSync(path, { force: true })
      mkdirSync(join(path, 'something'), { recursive: true })
    }
    const { pid, probe } = readRun().parts.find(({ name }: { name: string }) => name === 'collector')
    process.kill(pid, 'SIGKILL')
    const supervisorSays = () => readFileSync(join(home, 'logs', 'supervisor.log'), 'utf8')
    await waitFor(() => supervisorSays().includes('what is logged under'), { what: 'the loss to be told' })
    await waitFor(async () => (await fetch(probe)).ok, { what: 'the collector to be started again' })
    expect(readRun().parts.some(({ restarts }: { restarts: number }) => restarts > 0)).toBe(false)

    for (const path of inTheWay) rmSync(path, { recursive: true })
    await waitFor(() => readRun().parts.some(({ restarts }: { restarts: number }) => restarts === 1), {
      what: 'the state to be written',
    })
    expect(supervisorSays().match(/cannot be written/g)).toHaveLength(1)
    const stop = await tocsin(['stop'])
    expect((await stop.process.exited).code).toBe(0)
  })

  test('tells why it did not start also where that cannot be recorded', async () => {
    const fillsUp = `
      import { mkdirSync, readFileSync } from 'node:fs'
      const file = process.env.TOCSIN_HOME + '/run.json'
      mkdirSync(file + '.' + JSON.parse(readFileSync(file, 'utf8')).pid + '/something', { recursive: true })
      process.exit(4)`
    writeFileSync(join(workspace.folder, 'services', 'notifier', 'src', 'main.ts'), fillsUp)
    const up = await tocsin(['up', '--detach'], OWN_MAIL)
    expect((await up.process.exited).code).toBe(1)
    expect(up.text()).toContain('tocsin: notifier ended before it was ready (exit code 4)')
  })

  test('runs where health finds something amiss, and says what', async () => {
    await workspace.addStandIn('health')
    const amiss = 'checks: disk: / is 97 % full'
    const up = await tocsin(['up', '--detach'], { ...OWN_MAIL, FAULT_HEALTH: 'unwell' })
    expect((await up.process.exited).code).toBe(0)
    expect(up.text()).toContain(`Not all is well: ${amiss}`)
    const status = await tocsin(['status'])
    expect((await status.process.exited).code).toBe(1)
    expect(status.text()).toContain(`not ready: ${amiss}`)
    const stop = await tocsin(['stop'])
    expect((await stop.process.exited).code).toBe(0)
  })

  test('fails with the reason when a service does not start, and status remembers it', async () => {
    const up = await tocsin(['up', '--detach'], { ...OWN_MAIL, FAULT_NOTIFIER: 'at-start' })
    expect((await up.process.exited).code).toBe(1)
    expect(up.text()).toMatch(/notifier ended before it was ready \(exit code 4\)[\s\S]*flux capacitor/)
    const [status, stop] = await Promise.all([tocsin(['status']), tocsin(['stop'])])
    expect((await status.process.exited).code).toBe(3)
    expect(status.text()).toContain('Tocsin is not running. The last start failed: notifier ended')
    expect((await stop.process.exited).code).toBe(0)
    expect(stop.text()).toBe('Tocsin is not running.')
  })
})
