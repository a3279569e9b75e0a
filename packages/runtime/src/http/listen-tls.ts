import { readFile, stat } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Clock } from '../clock.ts'
import { messageOf } from '../coded-error.ts'
import type { Log } from '../log/create-log.ts'
import { ListenError, type Listening, listen, listenOn } from './listen.ts'

/** Files in PEM: the certificate with its chain, and its private key. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

/** Where HTTPS listens. */
export interface TlsWhere {
  readonly port: number
  readonly host?: string | undefined
  readonly files: TlsFiles
}

interface TlsDeps {
  readonly clock: Clock
  readonly log: Log
}

export interface ListeningBoth extends Listening {
  readonly httpsUrl: string | undefined
}

const LOOK_AGAIN_MS = 30_000

/** Listens for HTTP, and for HTTPS where that is asked for; they close together. */
export async function listenBoth(
  handler: RequestListener,
  plain: { readonly port: number; readonly host?: string | undefined },
  tls: TlsWhere | undefined,
  deps: TlsDeps,
): Promise<ListeningBoth> {
  const http = await listen(handler, plain, deps.clock)
  if (!tls) return { ...http, httpsUrl: undefined }
  try {
    const https = await listenTls(handler, tls, deps)
    deps.log.info({ url: https.url }, 'listening for HTTPS')
    return {
      ...http,
      httpsUrl: https.url,
      close: async () => void (await Promise.all([http.close(), https.close()])),
    }
  } catch (error) {
    await http.close()
    throw error
  }
}

/**
 * Listens for HTTPS. Files that change are read anew, so that a renewed certificate needs no restart.
 * @throws {ListenError} `port_taken` when another program has the port, `bad_certificate` for files that cannot be used.
 */
async function listenTls(
  handler: RequestListener,
  where: TlsWhere,
  { clock, log }: TlsDeps,
): Promise<Listening> {
  const { files } = where
  const server = await createTlsServer(handler, files)
  const listening = await listenOn(server, { ...where, scheme: 'https' }, clock)
  const stop = renewRegularly(server, files, clock, log)
  return {
    ...listening,
    close() {
      stop()
      return listening.close()
    },
  }
}

async function createTlsServer(handler: RequestListener, files: TlsFiles): Promise<Server> {
  try {
    return createServer(await readPair(files), handler)
  } catch (cause) {
    const advice = `cannot use ${files.cert} with ${files.key} (${messageOf(cause)}): give a PEM certificate and its key`
    throw new ListenError('bad_certificate', advice, { cause })
  }
}

async function readPair({ cert, key }: TlsFiles) {
  return { cert: await readFile(cert), key: await readFile(key) }
}

function renewRegularly(server: Server, files: TlsFiles, clock: Clock, log: Log): () => void {
  let stopped = false
  let cancel = () => {}
  let seen: string | undefined
  const look = async () => {
    try {
      const state = await stateOf(files)
      if (seen !== undefined && state !== seen) {
        server.setSecureContext(await readPair(files))
        log.info({ cert: files.cert }, 'the certificate was read anew')
      }
      seen = state
    } catch (error) {
      log.warn(
        { cert: files.cert, reason: messageOf(error) },
        'the certificate cannot be read anew; the old one stays',
      )
    }
    if (!stopped) cancel = clock.setTimeout(() => void look(), LOOK_AGAIN_MS)
  }
  void look()
  return () => {
    stopped = true
    cancel()
  }
}

async function stateOf({ cert, key }: TlsFiles): Promise<string> {
  const states = await Promise.all([cert, key].map((path) => stat(path)))
  return states.map(({ mtimeMs, size }) => `${mtimeMs}:${size}`).join(' ')
}
