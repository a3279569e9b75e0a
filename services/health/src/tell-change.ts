import type { HealthEvent, NotificationRequest } from '@tocsin/contract'
import type { Standing } from './judge-run.ts'

/**
 * The message for people when a critical check has failed often enough, or recovers: a service that is only starting
 * wakes nobody. The checks of other applications are
 * for alert rules: this is the watch over Tocsin itself.
 */
export function tellChange(
  result: HealthEvent,
  before: Standing | undefined,
  after: Standing,
): NotificationRequest | undefined {
  if (!result.critical) return undefined
  const is = after.alarming
  if ((before?.alarming ?? false) === is) return undefined
  return {
    id: `${result.id}-${result.status}`.slice(0, 200),
    time: result.time,
    source: result.source,
    title: is ? `${result.check} is unhealthy` : `${result.check} has recovered`,
    message: result.message ?? '',
    severity: is ? 'critical' : 'medium',
    metadata: { service: result.service, check: result.check, status: result.status },
  }
}
