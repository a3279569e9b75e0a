import type { HealthEvent, NotificationRequest } from '@tocsin/contract'
import type { Standing } from './judge-run.ts'

/**
 * The message for people when a critical check becomes unhealthy, or recovers. The checks of other applications are
 * for alert rules: this is the watch over Tocsin itself.
 */
export function tellChange(
  result: HealthEvent,
  before: Standing | undefined,
): NotificationRequest | undefined {
  if (!result.critical) return undefined
  const was = before?.status === 'unhealthy'
  const is = result.status === 'unhealthy'
  if (was === is) return undefined
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
