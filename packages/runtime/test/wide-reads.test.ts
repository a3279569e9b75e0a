import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { TLSSocket } from 'node:tls'
import { failOnLeaks, freePort, startNats } from '@tocsin/testkit'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectWithWideReads } from '../src/bus/wide-reads.ts'

failOnLeaks({ beforeAll, afterAll })

/** Messages of all sizes, many at once, as they come back. */
async function echo(options: Parameters<typeof connectWithWideReads>[0]): Promise<void> {
  const nc = await connectWithWideReads(options)
  try {
    const sizes = Array.from({ length: 200 }, (_, i) => (i * 7919) % 300_000)
    const subscription = nc.subscribe('echo', { max: sizes.length })
    for (const [i, size] of sizes.entries()) nc.publish('echo', Buffer.alloc(size, i % 251))
    let next = 0
    for await (const { data } of subscription) {
      expect(data.length).toBe(sizes[next])
      expect(Buffer.from(data).equals(Buffer.alloc(data.length, next % 251))).toBe(true)
      next++
    }
    expect(next).toBe(sizes.length)
  } finally {
    await nc.close()
  }
}

it('messages of any size arrive as they were sent', async () => {
  const nats = await startNats()
  try {
    await echo({ servers: nats.url })
  } finally {
    await nats.stop()
  }
}, 60_000)

it('so they do from a server that demands TLS', async () => {
  const pair = await generate([{ name: 'commonName', value: 'nats' }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  })
  const nats = await startNats()
  const front = startTlsFront(nats.port, { key: pair.private, cert: pair.cert })
  await once(front, 'listening')
  try {
    const { port } = front.address() as AddressInfo
    await echo({ servers: `localhost:${port}`, tls: { ca: pair.cert } })
  } finally {
    front.close()
    await nats.stop()
  }
}, 60_000)

/** A server in front of NATS that demands TLS as NATS does: its greeting in clear text, all else encrypted. */
function startTlsFront(natsPort: number, pair: { readonly key: string; readonly cert: string }): Server {
  return createServer((socket) => {
    const behind = connect(natsPort, '127.0.0.1')
    behind.once('data', (greeting) => {
      socket.write(greeting.toString().replace('INFO {', 'INFO {"tls_required":true,'))
      const secure = new TLSSocket(socket, { isServer: true, ...pair })
      secure.once('close', () => behind.destroy())
      behind.pipe(secure).pipe(behind)
    })
  }).listen(0, '127.0.0.1')
}

it('a server that is not there is told of as such', async () => {
  const port = await freePort()
  await expect(connectWithWideReads({ servers: `127.0.0.1:${port}` })).rejects.toThrow('connection refused')
})
