import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { runServer, type Server, type ServerOptions } from './run-server.ts'
import type { ServerDefinition } from './server-definition.ts'

/** A command in Redis' protocol, safe for any argument. */
const command = (...words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`

/** Resolves when the Redis at `url` (redis:// or rediss://) takes our credentials and answers PING; throws otherwise. */
export function probeRedis(url: string): Promise<void> {
  const { protocol, hostname, port, username, password } = new URL(url)
  const at = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) }
  const login = [username, password].filter(Boolean).map(decodeURIComponent)
  return new Promise((resolve, reject) => {
    const greet = () => socket.write((login.length > 0 ? command('AUTH', ...login) : '') + command('PING'))
    const socket =
      protocol === 'rediss:' ? connectTls({ ...at, servername: at.host }, greet) : connect(at, greet)
    const finish = (error?: Error) => {
      socket.destroy()
      if (error) reject(error)
      else resolve()
    }
    let replies = ''
    socket.setEncoding('utf8')
    socket.setTimeout(2000, () => finish(new Error('Redis did not answer within 2 s')))
    socket.on('error', finish)
    socket.on('close', () => finish(new Error('Redis closed the connection')))
    socket.on('data', (chunk: string) => {
      replies += chunk
      if (replies.startsWith('-')) finish(new Error(replies.slice(1).trim()))
      else if (replies.includes('+PONG\r\n')) finish()
      else if (replies.includes('\r\n-'))
        finish(new Error(replies.slice(replies.indexOf('\r\n-') + 3).trim()))
    })
  })
}

/** redis-server; its data survive a restart (append-only file). */
export function redisDefinition(): ServerDefinition {
  return {
    name: 'redis',
    url: (port) => `redis://127.0.0.1:${port}`,
    prepare: ({ port, dataDir, listen }) => [
      ...['--port', String(port), '--bind', listen, '--dir', dataDir],
      ...['--save', '', '--appendonly', 'yes', '--daemonize', 'no'],
      // Reachable on loopback only; inside a container's own network, protected mode would refuse the host.
      ...['--protected-mode', listen === '127.0.0.1' ? 'yes' : 'no'],
    ],
    probe: ({ port }) => probeRedis(`redis://127.0.0.1:${port}`),
  }
}

/** Starts redis-server on loopback. */
export const startRedisServer = (options: ServerOptions = {}): Promise<Server> =>
  runServer(redisDefinition(), options)
