import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ServerError } from './errors.ts'
import { HttpProbeError, probeHttp } from './probe-http.ts'
import { type GuardedProcess, spawnGuarded } from './spawn-guarded.ts'

/** The repository's root: the nearest folder above this package that has a services/ folder. */
export const repositoryRoot = (): string => {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'services')) && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}

/** Where Node keeps compiled code: a service starts in less than half the processor time when it finds its own there. */
const compileCache = (): string => join(repositoryRoot(), 'node_modules', '.cache', 'tocsin-compile')

/**
 * Where new objects are, at most; MiB. At Node's 16 a service under load holds a quarter to a third more memory, and
 * takes no less time for a sample. The notifier, whose alerts are under way for longer, takes a fifth less for one.
 */
const SEMI_SPACE_MB = 4
const NOTIFIER_SEMI_SPACE_MB = 16

/** The flags of a service's Node, by the service's name. */
export const serviceNodeArgs = (name: string): readonly string[] => [
  `--max-semi-space-size=${name === 'notifier' ? NOTIFIER_SEMI_SPACE_MB : SEMI_SPACE_MB}`,
]

export interface ServiceOptions {
  readonly name: string
  /** The service's main.ts. */
  readonly main: string
  readonly port: number
  /** Its whole environment. */
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void
}

/** Starts a service as its own process, under this very Node; it dies with this process. Does not wait for readiness. */
export const spawnService = (options: ServiceOptions): Promise<GuardedProcess> =>
  spawnGuarded({
    command: process.execPath,
    args: [...serviceNodeArgs(options.name), options.main],
    cwd: options.cwd ?? repositoryRoot(),
    env: { NODE_COMPILE_CACHE: compileCache(), ...options.env },
    onLine: options.onLine,
  })

/**
 * Resolves when the service answers /health/ready with 2xx, or, where `startedIsEnough`, when it says there that it has
 * started, whatever keeps it from being ready. Throws ServerError `exited-early` as soon as its process ends, `not-ready`
 * after `timeoutMs`.
 */
export async function untilServiceReady(
  service: {
    readonly name: string
    readonly process: GuardedProcess
    readonly port: number
    /** Default 127.0.0.1. */
    readonly host?: string
  },
  timeoutMs: number,
  { startedIsEnough = false } = {},
): Promise<void> {
  const { name, port, process: child, host = '127.0.0.1' } = service
  const deadline = performance.now() + timeoutMs
  for (;;) {
    let failure: unknown
    try {
      await probeHttp(`http://${host}:${port}/health/ready`)
    } catch (error) {
      const hasStarted = error instanceof HttpProbeError && error.stated === 'not_ready'
      failure = startedIsEnough && hasStarted ? undefined : error
    }
    if (!child.running) {
      const { code, signal } = await child.exited
      throw new ServerError(
        'exited-early',
        `${name} ended before it was ready (${signal ?? `exit code ${code}`})`,
      )
    }
    if (failure === undefined) return
    if (performance.now() > deadline) {
      const why = failure instanceof HttpProbeError ? `: ${failure.message}` : ''
      throw new ServerError('not-ready', `${name} was not ready within ${timeoutMs / 1000} s${why}`, {
        cause: failure,
      })
    }
    await delay(25)
  }
}
