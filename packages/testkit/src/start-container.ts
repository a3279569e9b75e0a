import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import {
  type Exit,
  freePort,
  SERVER_PROGRAMS,
  type Server,
  type ServerDefinition,
  ServerError,
  type ServerOptions,
} from '@tocsin/servers'
import type { GenericContainer } from 'testcontainers'
import { waitFor } from './wait-for.ts'

const HOST = '127.0.0.1'
// On Linux a container can share the host's network, so that the same addresses hold inside and outside.
const sharesNetwork = process.platform === 'linux'

function withNetwork(container: GenericContainer, port: number): GenericContainer {
  return sharesNetwork
    ? container.withNetworkMode('host')
    : container.withExposedPorts({ container: port, host: port })
}

/** Runs a server in a container through testcontainers, behind the same face as one from PATH. */
export async function startContainer(definition: ServerDefinition, options: ServerOptions): Promise<Server> {
  // Loaded only when asked for: it brings a Docker client with it.
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers')
  const { name } = definition
  const { image, entrypoint } = SERVER_PROGRAMS[name]
  const { uid, gid } = userInfo()
  const scratch = options.dataDir ? undefined : realpathSync(mkdtempSync(join(tmpdir(), `tocsin-${name}-`)))
  const dataDir = options.dataDir ?? (scratch as string)
  const port = options.port ?? (await freePort())
  const place = { port, dataDir, listen: sharesNetwork ? HOST : '0.0.0.0' }
  const log: string[] = []

  const container = withNetwork(new GenericContainer(image), port)
    .withEntrypoint([entrypoint])
    .withCommand([...definition.prepare(place)])
    .withBindMounts([{ source: dataDir, target: dataDir, mode: 'rw' }])
    .withWorkingDir(dataDir)
    .withUser(`${uid}:${gid}`)
    .withLogConsumer((stream) => {
      createInterface({ input: stream }).on('line', (line) => {
        log.push(line)
        options.onLine?.(line)
      })
    })
  const started = await container.start()
  const client = await getContainerRuntimeClient()
  const handle = client.container.getById(started.getId())

  const state = { pid: 0, running: false, exited: Promise.resolve<Exit>({ code: null, signal: null }) }
  const watch = async (): Promise<void> => {
    const { State } = await handle.inspect()
    state.pid = State.Pid
    state.running = true
    state.exited = handle.wait().then(
      ({ StatusCode }: { StatusCode: number }) => {
        state.running = false
        return { code: StatusCode, signal: null }
      },
      () => {
        state.running = false
        return { code: null, signal: null }
      },
    )
    await waitFor(() => definition.probe(place).then(() => true), {
      timeoutMs: options.readyTimeoutMs ?? 20_000,
      what: `${name} in its container to be ready`,
    })
  }

  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (!state.running) return
    if (signal === 'SIGKILL') await handle.kill()
    else await handle.stop({ t: 5 })
    await state.exited
  }
  let removed = false
  const stop = async (): Promise<void> => {
    if (removed) return
    removed = true
    await end('SIGTERM')
    await started.stop({ remove: true })
    if (scratch) rmSync(scratch, { recursive: true, force: true })
  }

  try {
    await watch()
  } catch (error) {
    await stop()
    throw new ServerError(
      'not-ready',
      [`${name} did not start in a container:`, ...log.slice(-8)].join('\n  '),
      {
        cause: error,
      },
    )
  }

  return {
    name,
    host: HOST,
    port,
    dataDir,
    log,
    url: definition.url(port),
    get pid() {
      return state.pid
    },
    get running() {
      return state.running
    },
    get exited() {
      return state.exited
    },
    stop,
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM')
      await handle.start()
      await watch()
    },
    async pause() {
      await handle.pause()
    },
    async resume() {
      await handle.unpause()
    },
  }
}
