import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type GuardedProcess, SERVICES, type ServiceName, spawnGuarded } from '@tocsin/servers'
import { waitFor } from '@tocsin/testkit'

const main = join(import.meta.dirname, '../src/main.ts')
const fixture = join(import.meta.dirname, 'fixtures/service.ts')

const STAND_INS = ['collector', 'notifier', 'host-agent'] as const

/** A home folder of its own, stand-ins for some services, and free ports for them. */
export async function makeWorkspace() {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-cli-'))
  const env: Record<string, string> = {
    TOCSIN_HOME: join(folder, 'home'),
    TOCSIN_SERVICES: join(folder, 'services'),
    NO_COLOR: '1',
  }
  const addStandIn = async (name: ServiceName) => {
    const { portEnv, extraPorts } = SERVICES[name]
    mkdirSync(join(folder, 'services', name, 'src'), { recursive: true })
    const script = `process.argv.push(${JSON.stringify(name)}, ${JSON.stringify(portEnv)})\nawait import(${JSON.stringify(fixture)})\n`
    writeFileSync(join(folder, 'services', name, 'src', 'main.ts'), script)
    for (const variable of [portEnv, ...Object.keys(extraPorts)]) env[variable] = String(await freePort())
  }
  for (const name of STAND_INS) await addStandIn(name)
  return { folder, env, addStandIn, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export interface RunningCli {
  readonly process: GuardedProcess
  readonly text: () => string
  /** Resolves once its output contains this. */
  says(text: string | RegExp, timeoutMs?: number): Promise<void>
}

/** Runs `tocsin <args>` as its own process; with `stdout`, that file takes what it prints, and only its stderr is seen. */
export async function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stdout?: string,
): Promise<RunningCli> {
  const { PATH, HOME } = process.env
  const lines: string[] = []
  const child = await spawnGuarded({
    command: '/bin/sh',
    args: [
      '-c',
      `exec "$@"${stdout === undefined ? '' : ` > ${stdout}`}`,
      'sh',
      process.execPath,
      main,
      ...args,
    ],
    env: { PATH, HOME, ...env },
    onLine: (line) => lines.push(line),
  })
  const text = () => lines.join('\n')
  return {
    process: child,
    text,
    async says(wanted, timeoutMs = 20_000) {
      const said = () => (typeof wanted === 'string' ? text().includes(wanted) : wanted.test(text()))
      await waitFor(() => said() || !child.running, { timeoutMs, what: `the command to say ${wanted}` })
      if (!said()) throw new Error(`the command ended without saying ${wanted}; it said:\n${text()}`)
    },
  }
}
