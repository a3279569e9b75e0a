import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { runServer, type Server, type ServerOptions } from './run-server.ts'
import type { ServerDefinition } from './server-definition.ts'

export interface NatsServerOptions extends ServerOptions {
  readonly user?: string
  readonly pass?: string
  /** Lines of configuration that say who may do what, `user` among them; without, `user` may do everything. */
  readonly authorization?: string
}

function configuration(
  port: number,
  listen: string,
  dataDir: string,
  serverName: string,
  options: NatsServerOptions,
) {
  const login = `user: ${JSON.stringify(options.user)}, password: ${JSON.stringify(options.pass ?? '')}`
  const authorization =
    options.authorization ?? (options.user === undefined ? '' : `authorization { ${login} }`)
  return [
    `server_name: ${serverName}`,
    `listen: "${listen}:${port}"`,
    'max_payload: 16MB',
    `jetstream { store_dir: ${JSON.stringify(dataDir)} }`,
    authorization,
    '',
  ].join('\n')
}

/**
 * Speaks just enough of the protocol to learn that it is this server that answers, that it takes our
 * credentials, and that JetStream works: asks $JS.API.INFO and waits for the reply.
 */
export function probeNats(
  at: { host: string; port: number; user?: string; pass?: string },
  expectedName?: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: at.host, port: at.port })
    const finish = (error?: Error) => {
      socket.destroy()
      if (error) reject(error)
      else resolve()
    }
    let text = ''
    let greeted = false
    socket.setEncoding('utf8')
    socket.setTimeout(2000, () => finish(new Error('NATS did not answer within 2 s')))
    socket.on('error', finish)
    socket.on('close', () => finish(new Error('NATS closed the connection')))
    socket.on('data', (chunk: string) => {
      text += chunk
      const info = /^INFO (\{.*\})\s*\r\n/.exec(text)
      if (info?.[1] && !greeted) {
        greeted = true
        const { server_name } = JSON.parse(info[1]) as { server_name?: string }
        if (expectedName && server_name !== expectedName)
          finish(new Error('another NATS server answers on this port'))
        const connectOptions = {
          verbose: false,
          pedantic: false,
          headers: true,
          no_responders: true,
          user: at.user,
          pass: at.pass,
        }
        socket.write(`CONNECT ${JSON.stringify(connectOptions)}\r\nSUB _INBOX.ready 1\r\n`)
        socket.write('PUB $JS.API.INFO _INBOX.ready 0\r\n\r\n')
      }
      if (text.includes('-ERR')) finish(new Error(text.slice(text.indexOf('-ERR')).trim()))
      else if (/\r\nMSG _INBOX\.ready .*\r\n\{.*\}\r\n/.test(text)) {
        finish(text.includes('"error"') ? new Error('JetStream is not enabled') : undefined)
      } else if (/\r\nHMSG _INBOX\.ready .*503/s.test(text)) finish(new Error('JetStream is not enabled'))
    })
  })
}

/** nats-server with JetStream (files in the data folder) and messages of up to 16 MB. */
export function natsDefinition(options: NatsServerOptions = {}): ServerDefinition {
  const serverName = `tocsin-${randomBytes(6).toString('hex')}`
  return {
    name: 'nats',
    url: (port) => `nats://127.0.0.1:${port}`,
    prepare({ port, dataDir, listen }) {
      const file = join(dataDir, 'nats-server.conf')
      writeFileSync(file, configuration(port, listen, dataDir, serverName, options), { mode: 0o600 })
      return ['--config', file]
    },
    probe: ({ port }) =>
      probeNats({ host: '127.0.0.1', port, user: options.user, pass: options.pass }, serverName),
  }
}

/** Starts nats-server on loopback. */
export const startNatsServer = (options: NatsServerOptions = {}): Promise<Server> =>
  runServer(natsDefinition(options), options)
