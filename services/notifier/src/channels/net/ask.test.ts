import { getEventListeners, once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { Agent } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { ask } from './ask.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

/** Asks a server that behaves so once it has been asked; each part of an answer is sent on its own. */
async function answerOf(behave: (socket: Socket) => unknown, signal = new AbortController().signal) {
  const server = createServer((socket) => {
    socket.setNoDelay().on('error', () => {})
    socket.once('data', () => behave(socket))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const agent = new Agent()
  stops.push(
    () => server.close(),
    () => agent.destroy(),
  )
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  try {
    return await ask(agent, { url, method: 'POST', headers: {}, body: 'asked', most: 10 }, signal)
  } finally {
    expect(getEventListeners(signal, 'abort')).toEqual([])
  }
}

async function say(socket: Socket, ...parts: readonly (string | Uint8Array)[]): Promise<void> {
  for (const part of parts) {
    socket.write(part)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
const head = (length: number) => `HTTP/1.1 500 Broken\r\nRetry-After: 7\r\ncontent-length: ${length}\r\n\r\n`

describe('an answer', () => {
  it('is read across the parts that it comes in', async () => {
    const euros = Buffer.from('€€€')
    expect(await answerOf((socket) => say(socket, head(9), euros.subarray(0, 4), euros.subarray(4)))).toEqual(
      { status: 500, retryAfter: '7', location: null, body: '€€€' },
    )
  })

  it('is not waited for to its end where it is long, and closes its connection', async () => {
    let closed: Promise<unknown> | undefined
    const answer = await answerOf((socket) => {
      closed = once(socket, 'close')
      return say(socket, head(100), 'x'.repeat(20))
    })
    expect(answer.body).toBe('x'.repeat(10))
    await closed
  })

  it('is what has arrived, once there is a status', async () => {
    const cutOff = new AbortController()
    const broken = (socket: Socket) => say(socket, head(9), 'part').then(() => socket.destroy())
    const late = (socket: Socket) => say(socket, head(9), 'part').then(() => cutOff.abort())
    expect(await answerOf(broken)).toMatchObject({ status: 500, body: 'part' })
    expect(await answerOf(late, cutOff.signal)).toMatchObject({ status: 500, body: 'part' })
  })

  it('is none before its status, whatever came first', async () => {
    const cutOff = new AbortController()
    const early = 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'
    await expect(answerOf((socket) => say(socket, early).then(() => socket.end()))).rejects.toMatchObject({
      code: 'UND_ERR_SOCKET',
    })
    const reason = new Error('too late')
    await expect(answerOf(() => cutOff.abort(reason), cutOff.signal)).rejects.toBe(reason)
    await expect(answerOf(() => {}, cutOff.signal)).rejects.toBe(reason)
  })
})
