import type { Labels } from '@tocsin/contract'
import { messageOf } from '@tocsin/runtime'
import type { Channel, Preview } from '../delivery/channel.ts'
import { createRedact } from '../delivery/redact.ts'
import { buildAlertsNotification } from '../grouping/build-alerts-notification.ts'
import { groupOf } from '../grouping/group-key.ts'
import type { AlertRecord } from '../grouping/records.ts'
import type { Integration, Policy, Route } from '../policy/policy.ts'
import { mutedByTime } from '../policy/policy-mutes.ts'
import { labelsOfRecord } from '../policy/routing-labels.ts'
import { containsTime } from '../policy/time-interval.ts'
import { type Asked, explainRoutes } from './explain-routes.ts'

export interface PreviewDeps {
  readonly policy: Policy
  readonly channels: readonly Channel[]
  readonly externalURL: string
  readonly silencedBy: (labels: Labels, nowMs: number) => readonly string[]
  readonly inhibitedBy: (labels: Labels) => readonly string[]
}

interface MutedFor {
  readonly by: string
  readonly ids: readonly string[]
}

interface IntegrationPreview extends Partial<Preview> {
  readonly channel: string
  readonly type: string
  /** Why it would send nothing. */
  readonly silent?: string
  /** Why it could not be rendered. */
  readonly error?: string
}

/** What one alert by itself would lead to, without its being told. Times in milliseconds. */
export interface AlertPreview {
  readonly status: 'firing' | 'resolved'
  readonly severity: string
  readonly fingerprint: string
  readonly asked: readonly Asked[]
  readonly routes: readonly RoutePreview[]
}

interface RoutePreview {
  readonly route: string
  readonly path: readonly string[]
  readonly receiver: string
  readonly group: { readonly key: string; readonly labels: Labels }
  readonly timing: Pick<Route, 'waitMs' | 'intervalMs' | 'repeatMs'>
  readonly digest?: string
  readonly fallback?: string
  /** Everything that keeps it from being told now. */
  readonly mutedBy: readonly MutedFor[]
  readonly integrations: readonly IntegrationPreview[]
}

/** Says which routes an alert would take, who would be told, and in which words. */
export async function previewAlert(
  record: AlertRecord,
  deps: PreviewDeps,
  nowMs: number,
): Promise<AlertPreview> {
  const labels = labelsOfRecord(record)
  const { routes, asked } = explainRoutes(deps.policy, labels)
  return {
    status: record.status,
    severity: record.severity,
    fingerprint: record.fingerprint,
    asked,
    routes: await Promise.all(
      routes.map(async ({ route, path }): Promise<RoutePreview> => {
        const { waitMs, intervalMs, repeatMs, digest, fallback } = route
        const receiver = deps.policy.receivers.get(route.receiver)
        return {
          route: route.key,
          path,
          receiver: route.receiver,
          group: groupOf(route, labels),
          timing: { waitMs, intervalMs, repeatMs },
          ...(digest && { digest: digest.name }),
          ...(fallback && { fallback }),
          mutedBy: mutedFor(labels, route, deps, nowMs),
          integrations: await Promise.all(
            (receiver?.integrations ?? []).map((one) => previewIntegration(one, record, route, deps, nowMs)),
          ),
        }
      }),
    ),
  }
}

function mutedFor(labels: Labels, route: Route, deps: PreviewDeps, nowMs: number): readonly MutedFor[] {
  const isTime = (name: string) =>
    (deps.policy.timeIntervals.get(name) ?? []).some((interval) => containsTime(interval, nowMs))
  const byTime = mutedByTime(route, isTime)
  const all: MutedFor[] = [
    { by: 'inhibition', ids: deps.inhibitedBy(labels) },
    ...(byTime ? [byTime] : []),
    { by: 'silence', ids: deps.silencedBy(labels, nowMs) },
  ]
  return all.filter(({ ids }) => ids.length > 0)
}

async function previewIntegration(
  { channel: name, type, sendResolved }: Integration,
  record: AlertRecord,
  route: Route,
  { channels, externalURL }: PreviewDeps,
  nowMs: number,
): Promise<IntegrationPreview> {
  const facts = { channel: name, type }
  const channel = channels.find((one) => one.name === name)
  if (!channel?.preview) return { ...facts, error: 'this channel shows no preview' }
  const { key, labels } = groupOf(route, labelsOfRecord(record))
  const built = buildAlertsNotification(
    { alerts: [record], news: [record], count: 0 },
    { key, labels, route },
    externalURL,
    nowMs,
  )
  const silent = record.status === 'resolved' && !sendResolved ? { silent: 'send_resolved is false' } : {}
  try {
    return { ...facts, ...silent, ...(await channel.preview({ ...built, channel: name })) }
  } catch (error) {
    return { ...facts, ...silent, error: createRedact(channel.secrets)(messageOf(error)) }
  }
}
