import type { OutboxEvent } from '@tocsin/contract'
import type { MsteamsSettings } from '../channels/msteams.ts'
import { cut } from './cut.ts'
import { headline } from './headline.ts'
import { teamsMarkdown } from './markups.ts'
import { colourOfEvent } from './present.ts'
import type { Say } from './say.ts'
import { cardWithin, MOST_BYTES, teamsLinks, teamsParts } from './teams-facts.ts'

/** More sections than these Teams does not show. */
const MOST_SECTIONS = 10
const MOST_ACTIONS = 4
const LONGEST_TITLE = 300
/** Characters, of which some take several bytes and some are escaped. */
const LONGEST_TEXT = MOST_BYTES / 4

/** A message card, as connectors of Office 365 take it. */
export function teamsCard(event: OutboxEvent, given: MsteamsSettings, say: Say) {
  const ours = headline(event)
  const head = {
    '@type': 'MessageCard',
    '@context': 'http://schema.org/extensions',
    title: cut(
      say.text(given.title, () => teamsMarkdown.text(ours)),
      LONGEST_TITLE,
    ),
    summary: cut(say.text(given.summary, () => ours) || ours, LONGEST_TITLE),
    themeColor: colourOfEvent(event).slice(1),
    potentialAction: teamsLinks(event, MOST_ACTIONS).map(({ text, href }) => ({
      '@type': 'OpenUri',
      name: text,
      targets: [{ os: 'default', uri: href }],
    })),
  }
  const text = given.text === undefined ? '' : say.text(given.text, () => '')
  if (text !== '') return { ...head, text: cut(text, LONGEST_TEXT) }
  const parts = teamsParts(event)
  const hidden =
    (event.kind === 'alerts' ? event.truncatedAlerts : 0) + Math.max(0, parts.length - MOST_SECTIONS)
  return cardWithin(parts.slice(0, MOST_SECTIONS), hidden, (shown, more) => ({
    ...head,
    ...(more && { text: more }),
    sections: shown.map((part) => ({
      activityTitle: part.title,
      activitySubtitle: part.state,
      text: part.text.replaceAll('\n', '\n\n'),
      facts: part.facts.map(([name, value]) => ({ name, value })),
      markdown: true,
    })),
  }))
}
