import { type OutboxAlerts, type OutboxEvent, outboxEvent, severityOf } from '@tocsin/contract'
import {
  CodedError,
  type Done,
  decodeJson,
  done,
  parseWith,
  pipeline,
  RefusedError,
  type ServiceContext,
  type Stage,
  type Stages,
} from '@tocsin/runtime'
import type { Courses } from '../alertmanager/courses.ts'
import { createInOrder } from '../delivery/in-order.ts'
import { logSuppressed } from '../delivery/log-suppressed.ts'
import { common, worst } from '../grouping/build-alerts-notification.ts'
import type { NotifierMetrics } from '../metrics.ts'
import type { PublishOutbox } from '../outbox/publish-outbox.ts'
import { untilStored } from '../outbox/until-stored.ts'
import type { Policy } from '../policy/policy.ts'
import { tellingsOf } from '../policy/queues-of.ts'
import { labelsOfWebhook } from '../policy/routing-labels.ts'
import { headline } from '../render/headline.ts'

export interface TakeWebhooksDeps extends Pick<ServiceContext, 'bus' | 'clock' | 'log'> {
  readonly courses: Courses
  readonly policy: () => Policy
  readonly publish: PublishOutbox
  readonly metrics: NotifierMetrics
  /** Aborts when this process must leave the work to another. */
  readonly signal: AbortSignal
}

/** What happens to a webhook of Alertmanager once it is stored. */
export function webhookStages(deps: TakeWebhooksDeps): Stages {
  return pipeline(decodeJson, parseWith(outboxEvent), tell(deps))
}

/** Sends what is news in it to the channels; groups side by side, each in its order. */
function tell(deps: TakeWebhooksDeps): Stage<OutboxEvent, Done> {
  const inOrder = createInOrder()
  const { clock, log, signal } = deps
  return (event) => {
    if (event.kind !== 'alerts') throw new RefusedError('invalid_kind', 'only alerts come by this queue')
    if (signal.aborted) throw new CodedError('stopping', 'left for the next notifier', { retryable: true })
    return inOrder(event.groupKey, () => untilStored(() => tellNews(event, deps), { clock, log }, signal))
  }
}

async function tellNews(event: OutboxAlerts, deps: TakeWebhooksDeps): Promise<Done> {
  const { courses, policy, publish } = deps
  const { alerts, withheld } = await courses.screen(event)
  const [reason] = withheld
  if (alerts.length === 0) {
    await logWithheld(event, reason ?? 'no_news', deps)
    return done(reason ?? 'no_news')
  }
  const news = reason === undefined ? event : narrowTo(event, alerts)
  const tellings = tellingsOf(policy(), labelsOfWebhook(news.commonLabels, news.severity))
  const [first] = tellings
  if (!first) {
    await logWithheld(event, 'no_receiver', deps)
    return done('no_receiver')
  }
  const { channel, ...notification } = news
  const id = news.id.slice(0, -`-${channel}`.length)
  for (const { route, queues } of tellings)
    await publish({ ...notification, id, receiver: route.receiver, route: route.key }, queues)
  return done(first.route.name)
}

function narrowTo(event: OutboxAlerts, alerts: OutboxAlerts['alerts']): OutboxAlerts {
  return {
    ...event,
    alerts,
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    severity: worst(alerts.map(({ labels }) => severityOf(labels))),
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
  }
}

function logWithheld(event: OutboxAlerts, reason: string, { bus, clock, metrics }: TakeWebhooksDeps) {
  const { id, receiver, kind, groupKey, severity, stages, alerts } = event
  const fingerprints = alerts.map(({ fingerprint }) => fingerprint)
  const facts = { receiver, kind, groupKey, severity, stages, title: headline(event) }
  return logSuppressed(
    { bus, metrics },
    { id, reason, channels: [], fingerprints, nowMs: clock.now(), ...facts },
  )
}
