import { connect } from 'node:net'
import { runServer, type Server, type ServerDefinition, type ServerOptions } from './run-server.ts'

/** Resolves when a Redis at this address answers PING; a server that asks for a password or still loads does not count. */
export function probeRedis(at: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(at)
    const finish = (error?: Error) => {
      socket.destroy()
      if (error) reject(error)
      else resolve()
    }
    socket.setEncoding('utf8')
    socket.setTimeout(2000, () => finish(new Error('Redis did not answer within 2 s')))
    socket.on('connect', () => socket.write('PING\r\n'))
    socket.on('error', finish)
    socket.on('close', () => finish(new Error('Redis closed the connection')))
    socket.on('data', (reply: string) =>
      finish(reply.startsWith('+PONG') ? undefined : new Error(reply.trim())),
    )
  })
}

/** Starts redis-server on loopback; its data survive restart() (append-only file). */
export function startRedisServer(options: ServerOptions = {}): Promise<Server> {
  const definition: ServerDefinition = {
    name: 'redis',
    url: (port) => `redis://127.0.0.1:${port}`,
    prepare: ({ port, dataDir, listen }) => [
      ...['--port', String(port), '--bind', listen, '--dir', dataDir],
      ...['--save', '', '--appendonly', 'yes', '--daemonize', 'no'],
      // Reachable on loopback only; inside a container's own network, protected mode would refuse the host.
      ...['--protected-mode', listen === '127.0.0.1' ? 'yes' : 'no'],
    ],
    probe: ({ port }) => probeRedis({ host: '127.0.0.1', port }),
  }
  return runServer(definition, options)
}
