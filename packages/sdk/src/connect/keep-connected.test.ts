import type { NatsConnection } from '@nats-io/transport-node'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../test/fake-clock.ts'
import { keepConnected } from './keep-connected.ts'

/** As much of a connection as keepConnected() sees: what real servers do is in test/nats-away.test.ts. */
function createPeer() {
  const closed = Promise.withResolvers<undefined | Error>()
  let answers = true
  const peer = {
    closed: () => closed.promise,
    close: async () => closed.resolve(undefined),
    flush: () => (answers ? Promise.resolve() : new Promise<void>(() => {})),
  }
  return {
    connection: peer as unknown as NatsConnection,
    drop: () => closed.resolve(new Error('gone')),
    freeze: () => {
      answers = false
    },
  }
}

function setUp(results: (NatsConnection | Error)[]) {
  const clock = createFakeClock()
  const start = clock.now()
  const dialled: number[] = []
  const troubles: string[] = []
  let connected = 0
  const connection = keepConnected({
    clock,
    address: 'nats://here',
    dial: async () => {
      dialled.push(clock.now() - start)
      const result = results.shift() ?? new Error('refused')
      if (result instanceof Error) throw result
      return result
    },
    onConnected: () => connected++,
    onTrouble: (message) => troubles.push(message),
  })
  return { clock, connection, dialled, troubles, connected: () => connected }
}

describe('the connection', () => {
  it('is tried for ever, with pauses that grow to five seconds, and one complaint', async () => {
    const { clock, dialled, troubles, connection } = setUp([])
    await clock.advance(60_000)
    const gaps = dialled.slice(1).map((at, i) => at - (dialled[i] ?? 0))
    expect(gaps[0]).toBeLessThanOrEqual(100)
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(3750)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(5000)
    expect(troubles).toHaveLength(1)
    await connection.close()
    expect(clock.waiting).toBe(0)
  })

  it('is made again when it breaks, and the next outage is told again', async () => {
    const first = createPeer()
    const second = createPeer()
    const { clock, connection, troubles, connected } = setUp([first.connection, second.connection])
    await clock.advance(0)
    expect(connection.current).toBe(first.connection)
    first.drop()
    await clock.advance(1000)
    expect(connection.current).toBe(second.connection)
    second.drop()
    await clock.advance(1000)
    expect(connection.current).toBeUndefined()
    expect(connected()).toBe(2)
    expect(troubles).toHaveLength(2)
  })

  it('is given up when the server no longer answers', async () => {
    const frozen = createPeer()
    const { clock, connection, dialled } = setUp([frozen.connection])
    await clock.advance(60_000)
    expect(connection.current).toBe(frozen.connection)
    frozen.freeze()
    await clock.advance(25_000)
    expect(connection.current).toBeUndefined()
    expect(dialled.length).toBeGreaterThan(1)
  })

  it('is handed to who waits, or the wait ends with a code', async () => {
    const peer = createPeer()
    const { clock, connection } = setUp([new Error('refused'), peer.connection])
    const waited = connection.wait(10_000)
    await clock.advance(200)
    expect(await waited).toBe(peer.connection)

    const lonely = setUp([])
    const inVain = expect(lonely.connection.wait(1000)).rejects.toMatchObject({ code: 'unavailable' })
    await lonely.clock.advance(1000)
    await inVain
    const ended = expect(lonely.connection.wait(1000)).rejects.toMatchObject({ code: 'closed' })
    await lonely.connection.close()
    await ended
    await expect(lonely.connection.wait(1000)).rejects.toMatchObject({ code: 'closed' })
  })
})
