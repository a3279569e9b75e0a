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
import { logSuppressed } from '../delivery/log-suppressed.ts'
import type { NotifierMetrics } from '../metrics.ts'
import { boundedId } from '../outbox/bounded-id.ts'
import type { PublishOutbox } from '../outbox/publish-outbox.ts'
import type { Policy } from '../policy/policy.ts'
import { routeBySeverity } from '../policy/route-by-severity.ts'

export interface TakeRequestsDeps extends Pick<ServiceContext, 'bus' | 'clock'> {
  readonly policy: Policy
  readonly publish: PublishOutbox
  readonly metrics: NotifierMetrics
}

/** What happens to a message that `notify()` sent. */
export function requestStages(deps: TakeRequestsDeps): Stages {
  return pipeline(decodeJson, parseWith(notificationRequest), send(deps))
}

function send({ bus, clock, policy, publish, metrics }: TakeRequestsDeps): Stage<NotificationRequest, Done> {
  return async (request, delivery) => {
    const nowMs = clock.now()
    const routing = routeBySeverity(policy, request.severity)
    const message = messageOf(request, delivery, nowMs)
    if (routing.action === 'drop') {
      metrics.taken('notify', 'dropped', routing.reason)
      const { id, kind, groupKey, severity, title, stages } = message
      const what = { id, kind, groupKey, severity, title, stages, fingerprints: [], nowMs }
      await logSuppressed(
        { bus, metrics },
        { ...what, reason: routing.reason, channels: [], receiver: 'none' },
      )
      return done(routing.reason)
    }
    const { channels, receiver } = routing.route
    await publish({ ...message, receiver }, channels)
    metrics.taken('notify', 'sent', routing.reason)
    return done(routing.reason)
  }
}

/** A request without an id is named for its place in the stream: delivered again, it is the same message. */
function messageOf(
  request: NotificationRequest,
  { sequence, timeMs }: Delivery,
  nowMs: number,
): Omit<OutboxMessage, 'channel' | 'receiver'> {
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
