import type { Labels, OutboxAlerts } from '@tocsin/contract'
import { safeLink } from './present.ts'

/** Mail clients and Alertmanager's page take no longer address. */
const LONGEST = 1500

/** Alertmanager's form for a silence of these labels, where it was Alertmanager that sent the group. */
export function silenceLink(
  { source, externalURL, status }: OutboxAlerts,
  labels: Labels,
): { readonly text: string; readonly href: string }[] {
  if (source !== 'alertmanager' || status === 'resolved') return []
  const matchers = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  const filter = encodeURIComponent(`{${matchers.join(', ')}}`)
  const href = safeLink(`${externalURL.replace(/\/*$/, '')}/#/silences/new?filter=${filter}`)
  return href === undefined || href.length > LONGEST ? [] : [{ text: 'Silence', href }]
}
