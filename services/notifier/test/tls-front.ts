import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** A real HTTPS server in front of an HTTP one, under a path of its own, that asks for a login and a certificate. */
export interface TlsFront {
  readonly host: string
  /** PEM files of a client that it lets in. */
  readonly files: { readonly ca: string; readonly cert: string; readonly key: string }
  stop(): Promise<void>
}

export async function startTlsFront(
  target: string,
  { path, login }: { readonly path: string; readonly login: string },
): Promise<TlsFront> {
  const altNames = [{ type: 7 as const, ip: '127.0.0.1' }]
  const pair = (name: string, usage: 'serverAuth' | 'clientAuth') =>
    generate([{ name: 'commonName', value: name }], {
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, keyCertSign: true },
        { name: 'extKeyUsage', [usage]: true },
        { name: 'subjectAltName', altNames },
      ],
    })
  const [own, client] = await Promise.all([pair('front', 'serverAuth'), pair('tocsin', 'clientAuth')])
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-tls-front-'))
  const files = { ca: join(folder, 'ca.crt'), cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') }
  await Promise.all([
    writeFile(files.ca, own.cert),
    writeFile(files.cert, client.cert),
    writeFile(files.key, client.private),
  ])
  const options = {
    cert: own.cert,
    key: own.private,
    ca: client.cert,
    requestCert: true,
    rejectUnauthorized: true,
  }
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`
  const server = createServer(options, (incoming, response) => {
    const { url = '/', method, headers } = incoming
    if (headers.authorization !== authorization) return void response.writeHead(401).end('who are you?')
    if (!url.startsWith(`${path}/`)) return void response.writeHead(404).end()
    const { authorization: _, ...passed } = headers
    const onward = request(new URL(url.slice(path.length), target), { method, headers: passed }, (answer) =>
      answer.pipe(response.writeHead(answer.statusCode ?? 502)),
    )
    onward.once('error', () => response.writeHead(502).end())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
