import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { userInfo } from 'node:os'
import { promisify } from 'node:util'
import { findProgram } from './find-program.ts'
import { SERVER_PROGRAMS, type ServerName } from './programs.ts'

const run = promisify(execFile)

/** The docker program, when it is installed and its daemon answers. */
export async function findDocker(): Promise<string | undefined> {
  const docker = findProgram(['docker'])
  if (!docker) return undefined
  try {
    await run(docker, ['version', '--format', '{{.Server.Version}}'], { timeout: 5000 })
    return docker
  } catch {
    return undefined
  }
}

export interface Container {
  readonly command: string
  readonly args: (serverArgs: readonly string[]) => string[]
  /** The address to listen on inside the container. */
  readonly listen: string
  signal(signal: NodeJS.Signals): Promise<void>
}

// On Linux a container can share the host's network, so that the same addresses hold inside and outside.
const network = (port: number): string[] =>
  process.platform === 'linux' ? ['--network', 'host'] : ['--publish', `127.0.0.1:${port}:${port}`]

/** How to run a server in the foreground in a container, with its data folder mounted under the same path. */
export function container(docker: string, name: ServerName, dataDir: string, port: number): Container {
  const id = `tocsin-${name}-${randomBytes(4).toString('hex')}`
  const { uid, gid } = userInfo()
  const { image, entrypoint } = SERVER_PROGRAMS[name]
  return {
    command: docker,
    args: (serverArgs) => [
      ...['run', '--rm', '--name', id, '--user', `${uid}:${gid}`],
      ...network(port),
      ...['--volume', `${dataDir}:${dataDir}`, '--workdir', dataDir],
      ...['--entrypoint', entrypoint, image, ...serverArgs],
    ],
    listen: process.platform === 'linux' ? '127.0.0.1' : '0.0.0.0',
    async signal(signal) {
      const verb = { SIGSTOP: ['pause'], SIGCONT: ['unpause'] }[signal as string] ?? [
        'kill',
        '--signal',
        signal,
      ]
      // A container that is already gone, or not paused, is what was asked for.
      await run(docker, [...verb, id], { timeout: 10_000 }).catch(() => {})
    },
  }
}
