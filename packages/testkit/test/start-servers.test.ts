import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { failOnLeaks, type Server, startNats, startRedis } from '../src/mod.ts'

// Runs against programs from PATH, or against containers with TESTKIT=containers: both keep the same promises.
failOnLeaks({ beforeAll, afterAll })

const started: Server[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()))
})

/** What the server answers to this within `timeoutMs`; '' when it says nothing. */
function ask(port: number, words: string, timeoutMs = 2000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${words}\r\n`))
    const done = (reply: string) => {
      socket.destroy()
      resolve(reply)
    }
    socket.setTimeout(timeoutMs, () => done(''))
    socket.once('error', reject)
    socket.once('data', (data) => done(data.toString()))
  })
}

describe.each([
  ['NATS', startNats, '', /^INFO .*"jetstream":true/],
  ['Redis', startRedis, 'PING', /^\+PONG/],
] as const)('%s', (_, start, words, greeting) => {
  test('answers, survives a crash on its port, freezes and thaws, and goes away', async () => {
    const server = await start()
    started.push(server)
    expect(await ask(server.port, words)).toMatch(greeting)

    const { port } = server
    await server.kill()
    expect(server.running).toBe(false)
    await expect(ask(port, words)).rejects.toThrow(/ECONNREFUSED/)
    await server.restart()
    expect(server.port).toBe(port)
    expect(await ask(port, words)).toMatch(greeting)

    await server.pause()
    expect(await ask(port, words, 200)).toBe('')
    await server.resume()
    expect(await ask(port, words)).toMatch(greeting)

    await server.stop()
    expect(server.running).toBe(false)
  })
})

test('Redis keeps its data over a restart', async () => {
  const server = await startRedis()
  started.push(server)
  expect(await ask(server.port, 'SET bell tocsin')).toMatch(/^\+OK/)
  await server.restart()
  expect(await ask(server.port, 'GET bell')).toContain('tocsin')
})
