import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Container, container } from './docker.ts'
import { ServerError } from './errors.ts'
import { freePort, isPortFree } from './free-port.ts'
import { locateServer } from './locate-server.ts'
import { isSuspended } from './process-state.ts'
import type { ServerName } from './programs.ts'
import type { Place, ServerDefinition } from './server-definition.ts'
import { type Exit, type GuardedProcess, spawnGuarded } from './spawn-guarded.ts'
import { untilReady } from './until-ready.ts'

export interface ServerOptions {
  /** Default: a free port on loopback. */
  readonly port?: number
  /** Default: a temporary folder, removed by stop(). A given folder is kept. */
  readonly dataDir?: string
  /** Called with each line that the server writes. */
  readonly onLine?: (line: string) => void
  /** How long the server may take to become ready, in ms. Default 20000. */
  readonly readyTimeoutMs?: number
}

/** A running server on loopback. */
export interface Server {
  readonly name: ServerName
  readonly url: string
  readonly host: string
  readonly port: number
  /** Changes with restart(). */
  readonly pid: number
  readonly running: boolean
  readonly dataDir: string
  /** The last lines that the server wrote. */
  readonly log: readonly string[]
  /** Resolves when the present process ends, for whatever reason. */
  readonly exited: Promise<Exit>
  /** Stops it (TERM, then KILL after 5 s) and removes the data folder if it was a temporary one. Idempotent. */
  stop(): Promise<void>
  /** Ends it as a crash would, with SIGKILL. Port and data are kept for restart(). */
  kill(): Promise<void>
  /** Stops it if it runs, and starts it again on the same port and data. Resolves when it is ready. */
  restart(): Promise<void>
  /** Freezes it (SIGSTOP): connections stay open and nothing answers. */
  pause(): Promise<void>
  resume(): Promise<void>
}

const HOST = '127.0.0.1'
const KEPT_LINES = 200

/** Starts a server and waits until it answers. Throws a ServerError. */
export async function runServer(definition: ServerDefinition, options: ServerOptions = {}): Promise<Server> {
  const { onLine, readyTimeoutMs = 20_000 } = options
  const { name } = definition
  const found = await locateServer(name)
  const scratch = options.dataDir ? undefined : realpathSync(mkdtempSync(join(tmpdir(), `tocsin-${name}-`)))
  const dataDir = scratch ?? (options.dataDir as string)
  if (!scratch) mkdirSync(dataDir, { recursive: true })

  const log: string[] = []
  let child: GuardedProcess
  let box: Container | undefined
  let stopped = false

  const launch = async (port: number): Promise<void> => {
    if (!(await isPortFree(port))) {
      throw new ServerError('port-taken', `${name}: port ${port} is taken by another program`)
    }
    log.length = 0
    box = found.kind === 'docker' ? container(found.path, name, dataDir, port) : undefined
    const place: Place = { port, dataDir, listen: box?.listen ?? HOST }
    const args = definition.prepare(place)
    child = await spawnGuarded({
      command: box?.command ?? found.path,
      args: box?.args(args) ?? args,
      cwd: dataDir,
      scratch,
      onLine: (line) => {
        if (log.push(line) > KEPT_LINES) log.shift()
        onLine?.(line)
      },
    })
    await untilReady(definition, place, child, log, readyTimeoutMs)
  }

  const sendSignal = async (signal: NodeJS.Signals): Promise<void> => {
    if (box) await box.signal(signal)
    else child.signal(signal)
  }

  const end = async (): Promise<void> => {
    if (box && child.running) await box.signal('SIGCONT')
    const { signal } = await child.stop()
    // A docker client that had to be killed leaves its container behind.
    if (box && signal === 'SIGKILL') await box.signal('SIGKILL')
  }

  const launchWithRetries = async (
    choose: () => number | Promise<number>,
    attempts: number,
  ): Promise<number> => {
    for (let attempt = 1; ; attempt++) {
      const port = await choose()
      try {
        await launch(port)
        return port
      } catch (error) {
        const lostRace = error instanceof ServerError && error.code === 'port-taken'
        if (!lostRace || attempt >= attempts) throw error
        await delay(20 * attempt)
      }
    }
  }

  const removeScratch = () => {
    if (scratch) rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
  }

  let port: number
  try {
    const wanted = options.port
    port = wanted ? await launchWithRetries(() => wanted, 1) : await launchWithRetries(freePort, 8)
  } catch (error) {
    removeScratch()
    throw error
  }

  return {
    name,
    host: HOST,
    port,
    dataDir,
    log,
    url: definition.url(port),
    get pid() {
      return child.pid
    },
    get running() {
      return child.running
    },
    get exited() {
      return child.exited
    },
    async stop() {
      stopped = true
      await end()
      removeScratch()
    },
    async kill() {
      await sendSignal('SIGKILL')
      await child.exited
    },
    async restart() {
      if (stopped && scratch) {
        throw new ServerError(
          'already-stopped',
          `${name} was stopped and its data removed: start a new one instead`,
        )
      }
      stopped = false
      await end()
      await launchWithRetries(() => port, 20)
    },
    async pause() {
      await sendSignal('SIGSTOP')
      // Its threads stop some time after the signal; in a container there is nothing to look at.
      for (let left = 200; !box && left > 0 && !isSuspended(child.pid); left--) await delay(5)
    },
    resume: () => sendSignal('SIGCONT'),
  }
}
