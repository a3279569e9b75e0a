import type { OutboxEvent, Severity } from '@tocsin/contract'
import type { OpsgenieSettings } from '../channels/opsgenie.ts'
import { blocksOf, fitBlocks } from './blocks.ts'
import { cut } from './cut.ts'
import { headline } from './headline.ts'
import { plain } from './markups.ts'
import { valueText } from './present.ts'
import type { Say } from './say.ts'

/** Opsgenie's limits, in characters and in numbers. */
const longest = {
  message: 130,
  description: 15_000,
  source: 100,
  entity: 512,
  note: 25_000,
  tag: 50,
  details: 8000,
}
const MOST_TAGS = 20

const priorities: Readonly<Record<Severity, string>> = { critical: 'P1', high: 'P2', medium: 'P3', low: 'P5' }

/** An alert as Opsgenie creates it; the alias is what its end closes. */
export function opsgenieAlert(event: OutboxEvent, given: OpsgenieSettings, alias: string, say: Say) {
  const optional = (name: 'entity' | 'note', most: number) => {
    const value =
      given[name] === undefined
        ? ''
        : cut(
            say.text(given[name], () => ''),
            most,
          )
    return value === '' ? {} : { [name]: value }
  }
  const tags = tagsOf(event, given, say)
  const actions = given.actions === undefined ? [] : commaList(say.text(given.actions, () => ''))
  const responders = (given.responders ?? []).flatMap((responder) => respondersOf(responder, say))
  return {
    alias,
    message: opsgenieMessage(event, given, say),
    description: opsgenieDescription(event, given, say),
    priority: priorityOf(event, given, say),
    source: sourceOf(event, given, say),
    details: detailsOf(event, given, say),
    ...(tags.length > 0 && { tags }),
    ...(responders.length > 0 && { responders }),
    ...(actions.length > 0 && { actions }),
    ...optional('entity', longest.entity),
    ...optional('note', longest.note),
  }
}

export function opsgenieMessage(event: OutboxEvent, given: OpsgenieSettings, say: Say): string {
  return cut(say.text(given.message, () => headline(event)) || headline(event), longest.message)
}

export function opsgenieDescription(event: OutboxEvent, given: OpsgenieSettings, say: Say): string {
  const hidden = event.kind === 'alerts' ? event.truncatedAlerts : 0
  const ours = () => fitBlocks(blocksOf(event, plain), longest.description, { hidden })
  return cut(say.text(given.description, ours), longest.description)
}

export function sourceOf(event: OutboxEvent, given: OpsgenieSettings, say: Say): string {
  const ours = event.kind === 'alerts' ? event.externalURL : event.source
  return cut(
    say.body(given.source, () => ours),
    longest.source,
  )
}

/** What a template makes of it may be none of Opsgenie's. */
function priorityOf(event: OutboxEvent, given: OpsgenieSettings, say: Say): string {
  const said = say.body(given.priority, () => '').trim()
  return /^P[1-5]$/.test(said) ? said : priorities[event.severity]
}

function tagsOf(event: OutboxEvent, given: OpsgenieSettings, say: Say): string[] {
  const tags = commaList(say.body(given.tags, () => event.severity))
  return tags.slice(0, MOST_TAGS).map((tag) => cut(tag, longest.tag))
}

/** The common labels, or a message's metadata, with the configured ones in their place. */
function detailsOf(event: OutboxEvent, given: OpsgenieSettings, say: Say): Record<string, string> {
  const facts = event.kind === 'alerts' ? event.commonLabels : event.kind === 'message' ? event.metadata : {}
  const configured = Object.entries(given.details ?? {}).map(([name, source]) => [
    name,
    say.text(source, () => ''),
  ])
  const details: Record<string, string> = {}
  let used = 0
  for (const [name, value] of Object.entries({ ...facts, ...Object.fromEntries(configured) })) {
    const text = valueText(value)
    used += name.length + text.length
    if (used > longest.details) break
    details[name] = text
  }
  return details
}

type Responder = NonNullable<OpsgenieSettings['responders']>[number]

/** `teams` is a list of teams in one. */
function respondersOf({ type, id, name, username }: Responder, say: Say): Record<string, string>[] {
  const kind = say.route(type)
  const names = commaList(name === undefined ? '' : say.route(name))
  if (kind === 'teams') return names.map((team) => ({ type: 'team', name: team }))
  const said = {
    id: say.route(id),
    name: name === undefined ? undefined : say.route(name),
    username: say.route(username),
  }
  const who = Object.entries(said).flatMap(([field, value]) => (value ? [[field, value]] : []))
  // A template may leave nobody, as for a label that an alert lacks.
  return who.length === 0 ? [] : [{ type: kind, ...Object.fromEntries(who) }]
}

function commaList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
