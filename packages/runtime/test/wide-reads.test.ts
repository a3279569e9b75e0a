import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { TLSSocket } from 'node:tls'
import { failOnLeaks, freePort, startNats } from '@tocsin/testkit'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { handBack } from '../src/bus/lent-buffers.ts'
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

it('reads over what was handed back, and never what somebody keeps', async () => {
  const nats = await startNats()
  const nc = await connectWithWideReads({ servers: nats.url })
  const sender = await connectWithWideReads({ servers: nats.url })
  try {
    const kept: { readonly data: Uint8Array; readonly i: number }[] = []
    const buffers = new Set<ArrayBufferLike>()
    let handed = 0
    let wrong = 0
    const all = Promise.withResolvers<void>()
    nc.subscribe('bytes.*', {
      callback(_, { subject, data }) {
        const i = Number(subject.slice('bytes.'.length))
        if (!isFilled(data, i)) wrong++
        // Long stretches are handed back whole; in between, something is kept of nearly every read.
        if (i % 1000 >= 800 && i % 10 === 0) kept.push({ data, i })
        else {
          buffers.add(data.buffer)
          handBack(data)
          handed++
        }
        // Slow enough that reading pauses, and what comes waits at the server.
        if (i % 100 === 0) for (const until = performance.now() + 12; performance.now() < until; );
        if (i === MESSAGES - 1) all.resolve()
      },
    })
    await nc.flush()
    for (let i = 0; i < MESSAGES; i++) sender.publish(`bytes.${i}`, Buffer.alloc(20_000, i % 251))
    await all.promise

    expect(wrong).toBe(0)
    expect(handed + kept.length).toBe(MESSAGES)
    expect(kept.length).toBeGreaterThan(50)
    expect(kept.filter(({ data, i }) => !isFilled(data, i))).toEqual([])
    // 120 MB came in, which is some 460 reads.
    expect(buffers.size).toBeLessThan(230)
  } finally {
    await nc.close()
    await sender.close()
    await nats.stop()
  }
}, 60_000)

const MESSAGES = 6000

const isFilled = (data: Uint8Array, i: number): boolean =>
  data.length === 20_000 &&
  Buffer.from(data.buffer, data.byteOffset, data.length).equals(Buffer.alloc(20_000, i % 251))

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
