import { setTimeout as delay } from 'node:timers/promises'
import type { NatsConnection } from '@nats-io/transport-node'
import { createSubjects } from '@tocsin/contract'
import type { Arrival } from './ledger.ts'

/** A moment on a notification's way, seen from outside: by what crosses the wire. */
export interface StageWatch {
  readonly name: string
  /** Resolves when the next one passes. */
  next(): Promise<void>
}

const subjects = createSubjects()

/** Subjects whose next message shows that a notification is at this stage. */
const ON_NATS: Readonly<Record<string, { readonly subject: string; readonly holds?: string }>> = {
  accepted: { subject: subjects.allAlerts },
  posted: { subject: subjects.outbox('posted') },
  'posted transition': { subject: subjects.allPostedAlerts },
  grouped: { subject: '$KV.groups.>' },
  outbox: { subject: subjects.outbox('webhook') },
  'digest collected': { subject: subjects.outbox('digest') },
  'digest taken': { subject: subjects.outbox('webhook'), holds: '"kind":"digest"' },
  'before ack': { subject: subjects.delivery('delivered', 'webhook') },
  acknowledged: { subject: '$JS.ACK.OUTBOX.>' },
  'transition acknowledged': { subject: '$JS.ACK.ALERTS.>' },
  'given up': { subject: subjects.allDeadLetters },
}

/** Every stage at which a process is killed. `onArrival` calls back for each request that the receiver gets. */
export function watchStages(
  nc: NatsConnection,
  onArrival: (listener: (arrival: Omit<Arrival, 'status'>) => void) => () => void,
): readonly StageWatch[] {
  const onNats = Object.entries(ON_NATS).map(
    ([name, { subject, holds }]): StageWatch => ({
      name,
      next: () =>
        new Promise((resolve) => {
          const subscription = nc.subscribe(subject, {
            callback(_error, message) {
              if (holds !== undefined && !message.string().includes(holds)) return
              subscription.unsubscribe()
              resolve()
            },
          })
        }),
    }),
  )
  const arrives = (
    name: string,
    isIt: (arrival: Omit<Arrival, 'status'>) => boolean,
    afterMs = 0,
  ): StageWatch => ({
    name,
    next: () =>
      new Promise((resolve) => {
        const forget = onArrival((arrival) => {
          if (!isIt(arrival)) return
          forget()
          if (afterMs === 0) resolve()
          else setTimeout(resolve, afterMs)
        })
      }),
  })
  return [
    ...onNats,
    arrives('before the answer', ({ isDigest }) => !isDigest),
    arrives('after the answer', ({ isDigest }) => !isDigest, 1),
    arrives('digest sent', ({ isDigest }) => isDigest),
    { name: 'any moment', next: () => delay(Math.random() * 1500) },
  ]
}
