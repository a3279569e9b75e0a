import { createServer, type RequestListener, type Server } from 'node:http'
import type { Clock } from '../clock.ts'
import { CodedError, codeOf, messageOf } from '../coded-error.ts'

/** A server that listens. */
export interface Listening {
  readonly url: string
  readonly port: number
  /** Takes no new connection, lets requests end, and cuts off what is left after `graceMs`. */
  close(): Promise<void>
}

export class ListenError extends CodedError<'port_taken' | 'listen_failed' | 'bad_certificate'> {}

/**
 * Listens on a port (0: any free one).
 * @throws {ListenError} `port_taken` when another program has it.
 */
export function listen(
  handler: RequestListener,
  where: { port: number; host?: string | undefined; graceMs?: number },
  clock: Clock,
): Promise<Listening> {
  return listenOn(createServer(handler), where, clock)
}

/** Listens with a server that was made. */
export function listenOn(
  server: Pick<
    Server,
    'once' | 'listen' | 'address' | 'close' | 'closeAllConnections' | 'closeIdleConnections'
  >,
  where: { port: number; host?: string | undefined; graceMs?: number; scheme?: 'http' | 'https' },
  clock: Clock,
): Promise<Listening> {
  const { port, host, graceMs = 5000, scheme = 'http' } = where

  const close = () =>
    new Promise<void>((resolve) => {
      const cut = clock.setTimeout(() => server.closeAllConnections(), graceMs)
      server.close(() => {
        cut()
        resolve()
      })
      server.closeIdleConnections()
    })

  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, port, host)))
    server.listen(port, host, () => {
      const address = server.address()
      const bound = typeof address === 'object' && address ? address.port : port
      resolve({ port: bound, url: `${scheme}://${urlHost(host)}:${bound}`, close })
    })
  })
}

function urlHost(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

function listenError(error: Error, port: number, host: string | undefined): ListenError {
  const where = host === undefined ? `port ${port}` : `${host}:${port}`
  const code = codeOf(error)
  if (code === 'EADDRINUSE')
    return new ListenError(
      'port_taken',
      `${where} is taken by another program: stop it, or choose another port`,
      { cause: error },
    )
  const advice = code === 'EACCES' ? ': ports below 1024 need privileges' : ''
  return new ListenError('listen_failed', `cannot listen on ${where} (${messageOf(error)})${advice}`, {
    cause: error,
  })
}
