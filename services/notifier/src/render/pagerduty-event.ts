import type { OutboxAlerts, OutboxEvent, Severity } from '@tocsin/contract'
import type { PagerdutySettings } from '../channels/pagerduty.ts'
import { blocksOf, firingFirst, fitBlocks } from './blocks.ts'
import { cut } from './cut.ts'
import { dedupKey } from './dedup-key.ts'
import { headline } from './headline.ts'
import { plain } from './markups.ts'
import { linksOf, safeLink, valueText } from './present.ts'
import type { Say } from './say.ts'

/** PagerDuty's limits: characters of a summary, and some room below the 512 KB of an event. */
const LONGEST_SUMMARY = 1024
const LONGEST_TEXT = 60_000
const MOST_LINKS = 20

const severities: Readonly<Record<Severity, string>> = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
}

/** Opens an incident, or closes the one that its alert has opened. */
export function pagerdutyEvent(event: OutboxEvent, given: PagerdutySettings, say: Say) {
  const { severity, client, client_url } = given
  const isEnd = event.kind === 'alerts' && event.status === 'resolved'
  const ownUrl = event.kind === 'alerts' ? safeLink(event.externalURL) : undefined
  const clientUrl = say.body(client_url, () => ownUrl ?? '')
  return {
    event_action: isEnd ? 'resolve' : 'trigger',
    dedup_key: dedupKey(event),
    client: say.body(client, () => 'Tocsin'),
    ...(clientUrl && { client_url: clientUrl }),
    links: linksFor(event, given, say),
    images: (given.images ?? []).map((image) => compact(image, say)).filter((image) => image['src']),
    payload: {
      ...factsFor(event, given, say),
      severity: say.body(severity, () => severities[event.severity]),
      custom_details: detailsFor(event, given, say),
    },
  }
}

/** What is only to be known, as a change event: it pages nobody. */
export function pagerdutyChange(event: OutboxEvent, given: PagerdutySettings, say: Say) {
  const { summary, source, timestamp } = factsFor(event, given, say)
  return {
    payload: { summary, source, timestamp, custom_details: detailsFor(event, given, say) },
    links: linksFor(event, given, say),
  }
}

function factsFor(event: OutboxEvent, given: PagerdutySettings, say: Say) {
  const label = (name: string) => (event.kind === 'alerts' ? event.commonLabels[name] : undefined)
  const source = say.body(given.source, () => label('instance') ?? label('service') ?? event.source)
  const optional = (name: 'component' | 'group' | 'class', fallback: string | undefined) => {
    const value = say.body(given[name], () => fallback ?? '')
    return value ? { [name]: value } : {}
  }
  return {
    summary: cut(say.text(given.description, () => headline(event)) || headline(event), LONGEST_SUMMARY),
    source: source || 'Tocsin',
    timestamp: event.time,
    ...optional('component', label('service')),
    ...optional('group', label('job')),
    ...optional('class', label('alertname')),
  }
}

function linksFor(event: OutboxEvent, given: PagerdutySettings, say: Say) {
  const configured = (given.links ?? []).map((link) => compact(link, say)).filter((link) => link['href'])
  if (event.kind !== 'alerts') return configured
  const links = event.alerts.flatMap(linksOf)
  const different = [...new Map(links.map(({ text, href }) => [href, { href, text }])).values()]
  return [...configured, ...different].slice(0, MOST_LINKS)
}

function compact(fields: Readonly<Record<string, string | undefined>>, say: Say) {
  const said = Object.entries(fields).map(([name, source]): [string, string] => [
    name,
    source === undefined ? '' : say.body(source, () => ''),
  ])
  return Object.fromEntries(said.filter(([, value]) => value !== ''))
}

/** Ours, and the configured ones in their place. */
function detailsFor(event: OutboxEvent, given: PagerdutySettings, say: Say): Record<string, unknown> {
  const configured = Object.entries(given.details ?? {}).map(([name, source]) => [
    name,
    say.text(source, () => ''),
  ])
  const ours =
    event.kind === 'alerts'
      ? alertDetails(event)
      : {
          text: fitBlocks(blocksOf(event, plain), LONGEST_TEXT),
          ...(event.kind === 'message' && { metadata: textsOf(event.metadata) }),
        }
  return { ...ours, ...Object.fromEntries(configured.filter(([, value]) => value !== '')) }
}

function alertDetails(event: OutboxAlerts): Record<string, unknown> {
  const told = (status: 'firing' | 'resolved') => {
    const alerts = firingFirst(event).filter((alert) => alert.status === status)
    return [
      alerts.length,
      fitBlocks(blocksOf({ ...event, alerts: [...alerts] }, plain), LONGEST_TEXT),
    ] as const
  }
  const [numFiring, firing] = told('firing')
  const [numResolved, resolved] = told('resolved')
  return {
    num_firing: numFiring + (event.status === 'firing' ? event.truncatedAlerts : 0),
    num_resolved: numResolved,
    ...(firing && { firing }),
    ...(resolved && { resolved }),
    labels: textsOf(event.commonLabels),
  }
}

function textsOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .slice(0, 100)
      .map(([name, value]) => [cut(name, 200), cut(valueText(value), 1000)]),
  )
}
