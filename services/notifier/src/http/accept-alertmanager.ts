import { createHash } from 'node:crypto'
import type { KV } from '@nats-io/kv'
import { CONTRACT_VERSION, severityOf, type WebhookBody } from '@tocsin/contract'
import type { Clock } from '@tocsin/runtime'
import { type AlertsNotification, worst } from '../grouping/build-alerts-notification.ts'
import { cutAnnotations } from '../outbox/cut-annotations.ts'
import type { PublishOutbox } from '../outbox/publish-outbox.ts'
import { type Policy, WEBHOOKS } from '../policy/policy.ts'
import { tellingsOf } from '../policy/queues-of.ts'
import { labelsOfWebhook } from '../policy/routing-labels.ts'

export interface AcceptDeps {
  readonly kv: KV
  readonly policy: () => Policy
  readonly publish: PublishOutbox
  readonly clock: Clock
  /** The same notification within this time is a retry, later it is a repeat. Milliseconds. */
  readonly retryWindowMs: number
}

export interface Accepted {
  readonly action: 'sent' | 'dropped'
  readonly reason: string
  readonly id: string
}

/** Keys of the bucket `groups` under which accepted webhooks are remembered. */
export const RETRY_PREFIX = 'webhook.'
/** Alertmanager gives up its request after a group interval, 10 s at least: the answer must come before that. */
const DEADLINE_MS = 8000

/**
 * Takes a group that an Alertmanager sends; it has done the grouping and the waiting, so what is news in it goes out at
 * once (or into the digest). Resolves when it is in the outbox. A retry of what was accepted, or the same from the second
 * Alertmanager of a cluster, is the same notification; its regular repeat is a new one.
 */
export async function acceptAlertmanager(body: WebhookBody, deps: AcceptDeps): Promise<Accepted> {
  const { policy, publish, clock } = deps
  const severity = worst(body.alerts.map((alert) => severityOf(alert.labels)))
  const [telling] = tellingsOf(policy(), labelsOfWebhook(body.commonLabels, severity))
  const content = contentHash(body)
  if (!telling) return { action: 'dropped', reason: 'no_receiver', id: content }
  const acceptedMs = await firstAcceptedMs(content, deps)
  const now = new Date(clock.now()).toISOString()
  const { version: _version, groupKey, receiver, alerts, commonAnnotations, ...rest } = body
  const notification: AlertsNotification = {
    ...rest,
    alerts: alerts.map((alert) => ({ ...alert, annotations: cutAnnotations(alert.annotations) })),
    commonAnnotations: cutAnnotations(commonAnnotations),
    v: CONTRACT_VERSION,
    id: `am-${content}-${acceptedMs.toString(36)}`,
    time: now,
    source: 'alertmanager',
    kind: 'alerts',
    receiver: telling.route.receiver,
    severity,
    groupKey: `alertmanager/${receiver}/${groupKey}`,
    stages: { accepted: now, grouped: now },
  }
  await publish(notification, [WEBHOOKS], { deadlineMs: DEADLINE_MS })
  return { action: 'sent', reason: telling.route.name, id: notification.id }
}

/** What makes two notifications the same: the group, and which of its alerts began and ended when. */
function contentHash({ receiver, groupKey, alerts }: WebhookBody): string {
  const members = alerts.map(({ fingerprint, status, startsAt, endsAt }) =>
    status === 'resolved' ? [fingerprint, startsAt, endsAt] : [fingerprint, startsAt],
  )
  const text = JSON.stringify([receiver, groupKey, members.map((member) => member.join(' ')).sort()])
  return createHash('sha256').update(text).digest('hex').slice(0, 24)
}

/**
 * When this content was first accepted, of late: written before anything is sent, so that a retry after a crash
 * half-way takes the same id. Two at once agree, since only one of them can create the entry.
 */
async function firstAcceptedMs(content: string, { kv, clock, retryWindowMs }: AcceptDeps): Promise<number> {
  const key = `${RETRY_PREFIX}${content}`
  for (let tries = 0; ; tries++) {
    const entry = await kv.get(key)
    const known = entry?.operation === 'PUT' ? Number(entry.string()) : undefined
    const now = clock.now()
    if (known !== undefined && now - known < retryWindowMs) return known
    try {
      if (entry === null) await kv.create(key, String(now))
      else await kv.update(key, String(now), entry.revision)
      return now
    } catch (error) {
      if (tries >= 3) throw error
    }
  }
}
