import type { WebhookBody } from '@tocsin/contract'
import type { ReceivedRequest } from '@tocsin/testkit'

/** What a receiver was told of its groups: for each, the notifications in their order. */
export type Told = ReadonlyMap<string, readonly string[]>

/**
 * What arrived at a sink. Left out is the one thing in which we mean to differ: ends of alerts whose beginning the
 * receiver was never told (ADR 0020), which Alertmanager tells.
 */
export function toldIn(requests: readonly ReceivedRequest[]): Told {
  const told = new Map<string, string[]>()
  const known = new Map<string, Set<string>>()
  for (const request of requests) {
    const body = request.json() as WebhookBody
    // Of siblings with the same matchers, ours are numbered.
    const key = `${body.receiver} ${body.groupKey.replace(/#\d+(?=[/:])/, '')}`
    const open = known.get(key) ?? new Set()
    known.set(key, open)
    const alerts = body.alerts.filter(
      ({ status, fingerprint }) => status === 'firing' || open.has(fingerprint),
    )
    const isOrphaned = alerts.length < body.alerts.length
    for (const { status, fingerprint } of alerts)
      if (status === 'firing') open.add(fingerprint)
      else open.delete(fingerprint)
    const text = `${alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved'}: ${alerts.map(nameOf).join(' ')}`
    const before = told.get(key) ?? []
    if (alerts.length > 0 && !(isOrphaned && before.at(-1) === text)) told.set(key, [...before, text])
  }
  return new Map([...told].sort(([one], [other]) => (one < other ? -1 : 1)))
}

function nameOf({ labels, status }: WebhookBody['alerts'][number]): string {
  const { scenario: _scenario, ...own } = labels
  const values = Object.entries(own).sort(([one], [other]) => (one < other ? -1 : 1))
  return `${values.map(([, value]) => value).join('/')}=${status}`
}
