import {
  CONTRACT_VERSION,
  type NotificationRequest,
  notificationRequest,
  type OutboxMessage,
} from '@tocsin/contract'
import {
  type Delivery,
  type Done,
  decodeJson,
  done,
  parseWith,
  pipeline,
  type ServiceContext,
  type Stage,
  type Stages,
} from '@tocsin/runtime'
import { reasonOfMute } from '../delivery/log-muted.ts'
import { logSuppressed } from '../delivery/log-suppressed.ts'
import { shortHash } from '../grouping/group-key.ts'
import type { NotifierMetrics } from '../metrics.ts'
import { boundedId } from '../outbox/bounded-id.ts'
import type { PublishOutbox } from '../outbox/publish-outbox.ts'
import type { Policy } from '../policy/policy.ts'
import { createMutedByClock } from '../policy/policy-mutes.ts'
import { type Telling, tellingsOf } from '../policy/queues-of.ts'
import { labelsOfMessage } from '../policy/routing-labels.ts'

export interface TakeRequestsDeps extends Pick<ServiceContext, 'bus' | 'clock'> {
  readonly policy: () => Policy
  readonly publish: PublishOutbox
  readonly metrics: NotifierMetrics
}

/** What happens to a message that `notify()` sent. */
export function requestStages(deps: TakeRequestsDeps): Stages {
  return pipeline(decodeJson, parseWith(notificationRequest), send(deps))
}

type Message = Omit<OutboxMessage, 'channel' | 'receiver'>

function send(deps: TakeRequestsDeps): Stage<NotificationRequest, Done> {
  const { clock, policy, publish, metrics } = deps
  const mutedByClock = createMutedByClock(policy)
  return async (request, delivery) => {
    const nowMs = clock.now()
    const message = messageOf(request, delivery, nowMs)
    const tellings = tellingsOf(policy(), labelsOfMessage(request))
    // Judged at once: the policy may change while this waits.
    const judged = tellings.map((telling) => ({ ...telling, muted: mutedByClock(telling.route, nowMs) }))
    const told = judged.filter(({ muted }) => !muted)
    const withheld: Withheld[] = judged.flatMap(({ muted, ...telling }) =>
      muted ? { reason: reasonOfMute(muted), telling } : [],
    )
    if (tellings.length === 0) withheld.push({ reason: 'no_receiver' })
    for (const { route, queues } of told)
      await publish({ ...message, receiver: route.receiver, route: route.key }, queues)
    for (const one of withheld) await logWithheld(message, one, deps, nowMs)
    const action = told.length > 0 ? 'sent' : tellings.length > 0 ? 'suppressed' : 'dropped'
    const reason = told[0]?.route.name ?? withheld[0]?.reason ?? action
    metrics.taken('notify', action, reason)
    return done(reason)
  }
}

/** Whom a message is not told to, and why; without a telling, there was nobody. */
interface Withheld {
  readonly reason: string
  readonly telling?: Telling
}

/** A message has no later moment, as an alert that goes on firing has: the log is where it can still be read. */
function logWithheld(
  { id, kind, groupKey, severity, title, stages }: Message,
  { reason, telling }: Withheld,
  { bus, metrics }: TakeRequestsDeps,
  nowMs: number,
): Promise<void> {
  const facts = { kind, groupKey, severity, title, stages, fingerprints: [], nowMs, reason }
  const where = telling
    ? {
        // Of two routes to one channel, each has its line.
        id: `${id}-${shortHash(telling.route.key)}-muted`,
        channels: telling.queues,
        receiver: telling.route.receiver,
      }
    : { id, channels: [], receiver: 'none' }
  return logSuppressed({ bus, metrics }, { ...facts, ...where })
}

/** A request without an id is named for its place in the stream: delivered again, it is the same message. */
function messageOf(request: NotificationRequest, { sequence, timeMs }: Delivery, nowMs: number): Message {
  const id = boundedId(request.id ?? `notify-${sequence}-${Math.floor(timeMs).toString(36)}`)
  const now = new Date(nowMs).toISOString()
  const { title, message, metadata, severity } = request
  const time = request.time ?? new Date(timeMs).toISOString()
  return {
    v: CONTRACT_VERSION,
    id,
    time,
    source: request.source ?? 'unknown',
    kind: 'message',
    severity,
    groupKey: `message:${id}`,
    stages: { event: time, accepted: now, grouped: now },
    title,
    message,
    metadata,
  }
}
