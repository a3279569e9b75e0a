import { randomUUID } from 'node:crypto'
import { CONTRACT_VERSION, notificationRequest, type Severity, type Subjects } from '@tocsin/contract'
import type { Clock } from '../clock.ts'
import type { Bus } from '../connect/bus.ts'
import { MonitoringError, messageOf } from '../errors.ts'
import { checkArgument } from './call-service.ts'

/** How long `notify()` tries, in ms. */
const DEADLINE_MS = 10_000
const MAX_WAITING = 1000

/** Facts that go with a message, shown as a table. Anything that JSON can hold. */
export type Metadata = Readonly<Record<string, unknown>>

export interface Notifier {
  notify(
    title: string,
    message: string,
    severity?: Severity,
    metadata?: Metadata,
  ): Promise<{ readonly id: string }>
  /** Resolves once every call under way has ended. */
  settled(): Promise<void>
}

export function createNotifier(parts: {
  readonly bus: Bus
  readonly subjects: Subjects
  readonly service: string
  readonly clock: Clock
}): Notifier {
  const { bus, subjects, service, clock } = parts
  const waiting = new Set<Promise<unknown>>()

  async function send(title: string, message: string, severity: Severity, metadata: Metadata) {
    // The id makes repeats of a lost acknowledgement one message.
    const id = randomUUID()
    const request = checkArgument(
      notificationRequest,
      {
        v: CONTRACT_VERSION,
        id,
        time: new Date(clock.now()).toISOString(),
        source: service,
        title,
        message,
        severity,
        metadata: asJson(metadata),
      },
      'the notification',
    )
    const payload = JSON.stringify(request)
    const size = Buffer.byteLength(payload)
    if (size > bus.maxPayload * 0.9)
      throw new MonitoringError(
        'invalid_argument',
        `the notification has ${size} bytes, and NATS takes ${bus.maxPayload}: send less metadata`,
      )
    await bus.storeWithin(DEADLINE_MS, subjects.notificationRequest, payload, id)
    return { id }
  }

  return {
    async notify(title, message, severity = 'medium', metadata = {}) {
      if (waiting.size >= MAX_WAITING)
        throw new MonitoringError('overloaded', `${MAX_WAITING} notifications wait for NATS already`)
      const sending = send(title, message, severity, metadata)
      waiting.add(sending)
      try {
        return await sending
      } finally {
        waiting.delete(sending)
      }
    },
    async settled() {
      await Promise.allSettled(waiting)
    },
  }
}

/** What JSON makes of it: dates become text, `undefined` goes. */
function asJson(metadata: Metadata): unknown {
  try {
    return JSON.parse(JSON.stringify(metadata))
  } catch (cause) {
    throw new MonitoringError('invalid_argument', `metadata cannot be written as JSON: ${messageOf(cause)}`, {
      cause,
    })
  }
}
