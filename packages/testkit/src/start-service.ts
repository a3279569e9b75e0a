import { join } from 'node:path'
import {
  freePort,
  type GuardedProcess,
  repositoryRoot,
  SERVICES,
  ServerError,
  type ServiceName,
  spawnService,
  untilServiceReady,
} from '@tocsin/servers'
import { collection } from './collection.ts'
import { neutralEnv } from './env.ts'

/** One line of a service's log: pino's object, or `{ msg }` for a line that is no JSON. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string }

export interface ServiceUnderTest {
  readonly name: ServiceName
  readonly url: string
  readonly port: number
  /** Its further ports by their variable. */
  readonly ports: Readonly<Record<string, number>>
  /** Changes with restart(). */
  readonly pid: number
  readonly running: boolean
  readonly logs: readonly LogLine[]
  waitForLog(wanted: (line: LogLine) => boolean, timeoutMs?: number): Promise<LogLine>
  /** Ends it with a signal (default SIGKILL), and waits until it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Stops it if it runs, and starts it again on the same ports, with `env` laid over the first one. */
  restart(env?: Readonly<Record<string, string>>): Promise<void>
  /** TERM, then KILL after 10 s. Idempotent. */
  stop(): Promise<void>
}

export interface StartServiceOptions {
  /** How long it may take to answer /health/ready, in ms. Default 15000. */
  readonly readyTimeoutMs?: number
  /** The main.ts to run. Default: services/<name>/src/main.ts. */
  readonly main?: string
}

function parseLine(line: string): LogLine {
  try {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed === 'object' && parsed !== null) return parsed as LogLine
  } catch {
    // Not JSON: a stack trace of a process that dies, for example.
  }
  return { msg: line }
}

/**
 * Runs one of Tocsin's services as its own process on free ports, and waits until it is ready. It sees `env`
 * and nothing of the developer's settings. Throws with the end of its log when it does not become ready.
 */
export async function startService(
  name: ServiceName,
  env: Readonly<Record<string, string>> = {},
  options: StartServiceOptions = {},
): Promise<ServiceUnderTest> {
  const { readyTimeoutMs = 60_000, main = join(repositoryRoot(), 'services', name, 'src', 'main.ts') } =
    options
  const { portEnv, extraPorts } = SERVICES[name]
  const logs = collection<LogLine>(`a log line of ${name}`, (line) => JSON.stringify(line))
  let child: GuardedProcess
  let ports: Record<string, number> = {}

  const choosePorts = async (): Promise<Record<string, number>> => {
    const chosen: Record<string, number> = {}
    for (const variable of [portEnv, ...Object.keys(extraPorts)]) {
      chosen[variable] = Number(env[variable] ?? (await freePort()))
    }
    return chosen
  }
  const mainPort = () => ports[portEnv] as number

  const launch = async (overlay: Readonly<Record<string, string>>) => {
    const portStrings = Object.fromEntries(Object.entries(ports).map(([key, port]) => [key, String(port)]))
    child = await spawnService({
      name,
      main,
      port: mainPort(),
      // A test counts what it published itself; one that is about a service's own metrics asks for them.
      env: {
        ...neutralEnv(),
        NODE_ENV: 'test',
        SELF_METRICS_INTERVAL: '0',
        ...env,
        ...overlay,
        ...portStrings,
      },
      onLine: (line) => logs.add(parseLine(line)),
    })
    try {
      await untilServiceReady({ name, port: mainPort(), process: child }, readyTimeoutMs)
    } catch (error) {
      await child.stop()
      const tail = logs.items.slice(-15).map((line) => JSON.stringify(line))
      throw new Error([String(error), ...tail].join('\n  '), { cause: error })
    }
  }

  const lostPortRace = (error: unknown) =>
    error instanceof Error &&
    error.cause instanceof ServerError &&
    logs.items.some((line) => JSON.stringify(line).includes('EADDRINUSE'))

  for (let attempt = 1; ; attempt++) {
    ports = await choosePorts()
    try {
      await launch({})
      break
    } catch (error) {
      if (attempt >= 3 || !lostPortRace(error)) throw error
      logs.clear()
    }
  }

  return {
    name,
    url: `http://127.0.0.1:${mainPort()}`,
    port: mainPort(),
    ports,
    logs: logs.items,
    get pid() {
      return child.pid
    },
    get running() {
      return child.running
    },
    waitForLog: (wanted, timeoutMs = 15_000) => logs.waitFor(wanted, timeoutMs),
    async kill(signal = 'SIGKILL') {
      child.signal(signal)
      await child.exited
    },
    async restart(overlay = {}) {
      await child.stop(10_000)
      await launch(overlay)
    },
    async stop() {
      await child.stop(10_000)
    },
  }
}
