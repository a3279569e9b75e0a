import type { OutboxAlerts } from '@tocsin/contract'

/**
 * Parts of a notification that each fit into `mostBytes`: none of its alerts is left out, however many there are.
 * The parts have ids of their own and keep the group's key, so that they arrive in order.
 */
export function splitAlerts<T extends Omit<OutboxAlerts, 'channel'>>(
  notification: T,
  mostBytes: number,
): readonly T[] {
  if (notification.alerts.length === 1) return [notification]
  if (Buffer.byteLength(JSON.stringify(notification)) <= mostBytes) return [notification]
  const frame = Buffer.byteLength(JSON.stringify({ ...notification, alerts: [] })) + 16
  const parts: T['alerts'][] = []
  let part: T['alerts'] = []
  let bytes = frame
  for (const alert of notification.alerts) {
    const size = Buffer.byteLength(JSON.stringify(alert)) + 1
    if (part.length > 0 && bytes + size > mostBytes) {
      parts.push(part)
      part = []
      bytes = frame
    }
    part.push(alert)
    bytes += size
  }
  parts.push(part)
  return parts.map((alerts, i) => ({ ...notification, id: `${notification.id}-part${i + 1}`, alerts }))
}
