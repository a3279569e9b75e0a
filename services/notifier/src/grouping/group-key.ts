import { hash } from 'node:crypto'
import type { Labels } from '@tocsin/contract'
import type { Route } from '../policy/policy.ts'

export interface GroupName {
  /** As Alertmanager writes it: the route, then the labels that the group has in common. */
  readonly key: string
  readonly labels: Labels
}

/** The group of a route that an alert belongs to. */
export function groupOf(route: Route, alertLabels: Labels): GroupName {
  const names = route.groupBy === 'each_alert' ? Object.keys(alertLabels) : [...route.groupBy]
  const labels: Record<string, string> = {}
  const pairs: string[] = []
  for (const name of names.sort()) {
    const value = alertLabels[name]
    if (value === undefined) continue
    labels[name] = value
    pairs.push(`${name}=${JSON.stringify(value)}`)
  }
  return { key: `${route.key}:{${pairs.join(', ')}}`, labels }
}

/** A short name for a text of any length, fit for a KV key or a message id: 80 bits of SHA-256. */
export function shortHash(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 20)
}
