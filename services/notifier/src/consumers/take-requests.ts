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
import { tellingsOf } from '../policy/queues-of.ts'
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

function send({ bus, clock, policy, publish, metrics }: TakeRequestsDeps): Stage<NotificationRequest, Done> {
  return async (request, delivery) => {
    const nowMs = clock.now()
    const tellings = tellingsOf(policy(), labelsOfMessage(request))
    const message = messageOf(request, delivery, nowMs)
    const [first] = tellings
    if (!first) {
      const reason = 'no_receiver'
      metrics.taken('notify', 'dropped', reason)
      const { id, kind, groupKey, severity, title, stages } = message
      const what = { id, kind, groupKey, severity, title, stages, fingerprints: [], nowMs }
      await logSuppressed({ bus, metrics }, { ...what, reason, channels: [], receiver: 'none' })
      return done(reason)
    }
    for (const { route, queues } of tellings)
      await publish({ ...message, receiver: route.receiver, route: route.key }, queues)
    metrics.taken('notify', 'sent', first.route.name)
    return done(first.route.name)
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
