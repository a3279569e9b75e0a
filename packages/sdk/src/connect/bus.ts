import { JetStreamApiError, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { type Clock, pause } from '../clock.ts'
import { MonitoringError, messageOf } from '../errors.ts'
import type { Connection } from './keep-connected.ts'

/** What the rest of the SDK sees of NATS. */
export interface Bus {
  readonly connected: boolean
  /** Largest message that the server takes, in bytes. */
  readonly maxPayload: number
  /** One attempt to store a message in its stream. Rejects with `unavailable` or `refused`. */
  store(subject: string, payload: string, options?: { id?: string; timeoutMs?: number }): Promise<void>
  /** Attempts until it is stored or `deadlineMs` have passed. */
  storeWithin(deadlineMs: number, subject: string, payload: string, id: string): Promise<void>
  /** Asks a service once. Waits for the connection. */
  ask(subject: string, payload: string, timeoutMs: number): Promise<Answer>
}

export interface Answer {
  readonly text: string
  /** Present when the service says that it failed: 4xx for what was asked, 5xx for what may work later. */
  readonly errorStatus: number | undefined
}

/** What a server allows that has not said otherwise. */
const DEFAULT_MAX_PAYLOAD = 1024 * 1024
const ATTEMPT_TIMEOUT_MS = 5000
const RETRY_MS = 250

export function createBus(connection: Connection, clock: Clock): Bus {
  async function storeOn(
    nats: NatsConnection,
    subject: string,
    payload: string,
    { id, timeoutMs = ATTEMPT_TIMEOUT_MS }: { id?: string; timeoutMs?: number },
  ): Promise<void> {
    try {
      await jetstream(nats).publish(subject, payload, { msgID: id, timeout: timeoutMs })
    } catch (cause) {
      if (cause instanceof JetStreamApiError)
        throw new MonitoringError('unavailable', `JetStream did not store it: ${cause.message}`, { cause })
      throw new MonitoringError('unavailable', `no stream took a message on ${subject}: is Tocsin running?`, {
        cause,
      })
    }
  }

  const bus: Bus = {
    get connected() {
      return connection.current !== undefined
    },
    get maxPayload() {
      return connection.current?.info?.max_payload ?? DEFAULT_MAX_PAYLOAD
    },
    async store(subject, payload, options = {}) {
      const nats = connection.current
      if (!nats) throw new MonitoringError('unavailable', 'NATS is not connected')
      await storeOn(nats, subject, payload, options)
    },
    async storeWithin(deadlineMs, subject, payload, id) {
      const deadline = clock.now() + deadlineMs
      for (;;) {
        const left = deadline - clock.now()
        try {
          const nats = await connection.wait(Math.max(left, 1))
          await storeOn(nats, subject, payload, {
            id,
            timeoutMs: Math.max(Math.min(left, ATTEMPT_TIMEOUT_MS), 1),
          })
          return
        } catch (error) {
          const retryable = error instanceof MonitoringError && error.retryable
          if (!retryable || deadline - clock.now() <= RETRY_MS) throw error
          await pause(clock, RETRY_MS)
        }
      }
    },
    async ask(subject, payload, timeoutMs) {
      const started = clock.now()
      const nats = await connection.wait(timeoutMs)
      try {
        const reply = await nats.request(subject, payload, {
          timeout: Math.max(timeoutMs - (clock.now() - started), 1),
        })
        const status = reply.headers?.get('Nats-Service-Error-Code')
        return { text: reply.string(), errorStatus: status ? Number(status) : undefined }
      } catch (cause) {
        throw new MonitoringError(
          'unavailable',
          `nobody answered on ${subject} (${messageOf(cause)}): is Tocsin running?`,
          {
            cause,
          },
        )
      }
    },
  }
  return bus
}
