import type { OutboxAlerts, WebhookAlert } from '@tocsin/contract'
import { safeLink } from './present.ts'

interface Link {
  readonly text: string
  readonly href: string
}

/** Mail clients take no longer address. */
const LONGEST = 1500

/** The page on which one says that one sees to an alert which fires. Opening it says nothing yet: mail scanners do. */
export function acknowledgeLink(event: OutboxAlerts, { status, fingerprint }: WebhookAlert): Link[] {
  return status === 'firing' ? linkTo(event, `fingerprint=${encodeURIComponent(fingerprint)}`) : []
}

/** The same for all of a group, or for the one alert that it has. */
export function acknowledgeGroupLink(event: OutboxAlerts): Link[] {
  const [only, ...others] = event.alerts
  if (only && others.length === 0 && event.truncatedAlerts === 0) return acknowledgeLink(event, only)
  return event.status === 'firing' ? linkTo(event, `groupKey=${encodeURIComponent(event.groupKey)}`) : []
}

/** Of what another Alertmanager sent nothing is repeated here, and so nothing to acknowledge. */
function linkTo({ source, externalURL }: OutboxAlerts, query: string): Link[] {
  if (source === 'alertmanager') return []
  const href = safeLink(`${externalURL.replace(/\/*$/, '')}/acknowledge?${query}`)
  return href === undefined || href.length > LONGEST ? [] : [{ text: 'Acknowledge', href }]
}
