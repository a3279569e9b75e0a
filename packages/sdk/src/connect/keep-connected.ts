import type { NatsConnection } from '@nats-io/transport-node'
import type { Clock } from '../clock.ts'
import { MonitoringError, messageOf } from '../errors.ts'

export interface Connection {
  /** The connection, while there is one. */
  readonly current: NatsConnection | undefined
  /** How often one was made. */
  readonly count: number
  /** The connection, as soon as there is one. Rejects with `unavailable` after `timeoutMs`, with `closed` after close(). */
  wait(timeoutMs: number): Promise<NatsConnection>
  /** Resolves when the attempt to connect that is under way has ended, either way; at once when none is. */
  attempted(): Promise<void>
  /** Asks the server for a sign of life; without one in time the connection is given up, and another is made. */
  prove(timeoutMs: number): Promise<void>
  close(): Promise<void>
}

const FIRST_RETRY_MS = 100
const LAST_RETRY_MS = 5000
const PING_INTERVAL_MS = 15_000
const PING_TIMEOUT_MS = 5000

interface Waiter {
  resolve(connection: NatsConnection): void
  reject(error: MonitoringError): void
}

/** Connects in the background, for ever, with growing pauses; none of its timers keeps the process alive. */
export function keepConnected(parts: {
  readonly dial: () => Promise<NatsConnection>
  readonly clock: Clock
  readonly address: string
  readonly onConnected: () => void
  /** Once per outage. */
  readonly onTrouble: (message: string) => void
}): Connection {
  const { dial, clock, address, onConnected, onTrouble } = parts
  const waiters = new Set<Waiter>()
  let current: NatsConnection | undefined
  let count = 0
  let failures = 0
  let closed = false
  let lastError: unknown
  let cancelTimer = () => {}
  let attempting = Promise.resolve()

  async function attempt(): Promise<void> {
    try {
      const connection = await dial()
      if (closed) return void (await connection.close())
      use(connection)
    } catch (error) {
      lose(error)
    }
  }

  function use(connection: NatsConnection): void {
    current = connection
    count++
    failures = 0
    void connection.closed().then((error) => {
      if (current === connection) lose(error ?? new Error('the connection was closed'))
    })
    watchPulse(connection)
    for (const waiter of [...waiters]) waiter.resolve(connection)
    onConnected()
  }

  function lose(error: unknown): void {
    current = undefined
    lastError = error
    cancelTimer()
    if (closed) return
    if (failures === 0)
      onTrouble(`NATS at ${address} is not reachable (${messageOf(error)}); trying again in the background`)
    const full = Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures, 20), LAST_RETRY_MS)
    failures++
    cancelTimer = clock.after(full * (0.75 + Math.random() / 4), begin)
  }

  // A server that froze, or a network that swallows everything, closes no socket.
  function watchPulse(connection: NatsConnection): void {
    cancelTimer = clock.after(PING_INTERVAL_MS, () => {
      cancelTimer = clock.after(PING_TIMEOUT_MS, () => void connection.close())
      connection.flush().then(
        () => {
          cancelTimer()
          if (current === connection) watchPulse(connection)
        },
        // It was closed meanwhile, and closed() says so.
        () => {},
      )
    })
  }

  async function prove(timeoutMs: number): Promise<void> {
    const connection = current
    if (!connection) return
    const alive = await new Promise<boolean>((resolve) => {
      const cancel = clock.after(timeoutMs, () => resolve(false), 'hold')
      const settle = (answered: boolean) => {
        cancel()
        resolve(answered)
      }
      connection.flush().then(
        () => settle(true),
        () => settle(false),
      )
    })
    if (!alive && current === connection) void connection.close()
  }

  function wait(timeoutMs: number): Promise<NatsConnection> {
    if (current) return Promise.resolve(current)
    if (closed) return Promise.reject(new MonitoringError('closed', 'shutdown() has closed the connection'))
    return new Promise((resolve, reject) => {
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          waiters.delete(waiter)
          cancel()
          then(value)
        }
      const waiter: Waiter = { resolve: settle(resolve), reject: settle(reject) }
      const cancel = clock.after(timeoutMs, () => waiter.reject(unreachable()), 'hold')
      waiters.add(waiter)
    })
  }

  function unreachable(): MonitoringError {
    return new MonitoringError(
      'unavailable',
      `NATS at ${address} is not reachable: start it (Tocsin: npm start), or set NATS_URL`,
      { cause: lastError },
    )
  }

  function begin(): void {
    attempting = attempt()
  }

  begin()
  return {
    get current() {
      return current
    },
    get count() {
      return count
    },
    wait,
    attempted: () => attempting,
    prove,
    async close() {
      closed = true
      cancelTimer()
      for (const waiter of [...waiters])
        waiter.reject(new MonitoringError('closed', 'shutdown() has closed the connection'))
      await current?.close()
      current = undefined
    },
  }
}
