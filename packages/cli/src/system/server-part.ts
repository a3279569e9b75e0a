import { relative } from 'node:path'
import { type Server, ServerError, type ServerOptions } from '@tocsin/servers'
import type { Part, RunningPart } from './part.ts'

const view = (server: Server): RunningPart => ({
  pid: server.pid,
  exited: server.exited,
  stop: () => server.stop(),
})

/** Starts a server on its usual port, or on another one when that is taken. */
async function startSomewhere(start: (options: ServerOptions) => Promise<Server>, options: ServerOptions) {
  try {
    return await start(options)
  } catch (error) {
    if (!(error instanceof ServerError && error.code === 'port-taken')) throw error
    return await start({ ...options, port: undefined })
  }
}

/** Relative to where the command was called, when it lies below. */
const shortPath = (path = ''): string => (relative('', path).startsWith('..') ? path : relative('', path))

/** A server of our own, started at once, with its data under `dataDir`. */
export async function startServerPart(
  name: string,
  start: (options: ServerOptions) => Promise<Server>,
  options: ServerOptions & { readonly port: number; readonly why?: string },
): Promise<{ readonly part: Part; readonly running: RunningPart; readonly url: string }> {
  const server = await startSomewhere(start, options)
  const elsewhere = server.port === options.port ? '' : `; port ${options.port} is taken by another program`
  const part: Part = {
    name,
    kind: 'server',
    where: server.url,
    probe: server.url,
    note: `${options.why ?? 'started here'}, data in ${shortPath(options.dataDir)}${elsewhere}`,
    async launch() {
      await server.restart()
      return view(server)
    },
  }
  return { part, running: view(server), url: server.url }
}
