import type { OutboxEvent, Severity } from '@tocsin/contract'
import type { Msteamsv2Settings } from '../channels/msteamsv2.ts'
import { cut } from './cut.ts'
import { headline } from './headline.ts'
import { teamsMarkdown } from './markups.ts'
import type { Say } from './say.ts'
import { cardWithin, MOST_BYTES, type TeamsPart, teamsLinks, teamsParts } from './teams-facts.ts'

const MOST_ACTIONS = 6
const LONGEST_TITLE = 300
const LONGEST_TEXT = MOST_BYTES / 4

const colours: Readonly<Record<Severity, string>> = {
  critical: 'Attention',
  high: 'Attention',
  medium: 'Warning',
  low: 'Accent',
}

/** An adaptive card in a message, as workflows of Teams take it. */
export function adaptiveCard(event: OutboxEvent, given: Msteamsv2Settings, say: Say) {
  const ours = teamsMarkdown.text(headline(event))
  const isEnd = event.kind === 'alerts' && event.status === 'resolved'
  const title = {
    ...textBlock(cut(say.text(given.title, () => ours) || ours, LONGEST_TITLE)),
    weight: 'Bolder',
    size: 'Medium',
    style: 'heading',
    color: isEnd ? 'Good' : colours[event.severity],
  }
  const actions = teamsLinks(event, MOST_ACTIONS).map(({ text, href }) => ({
    type: 'Action.OpenUrl',
    title: text,
    url: href,
  }))
  const message = (body: readonly unknown[]) => messageOf([title, ...body], actions)
  const text = given.text === undefined ? '' : say.text(given.text, () => '')
  if (text !== '') return message([textBlock(cut(text, LONGEST_TEXT))])
  const hidden = event.kind === 'alerts' ? event.truncatedAlerts : 0
  return cardWithin(teamsParts(event), hidden, (shown, more) =>
    message([...shown.flatMap(blocksOfPart), ...(more ? [textBlock(more)] : [])]),
  )
}

function messageOf(body: readonly unknown[], actions: readonly unknown[]) {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body,
          ...(actions.length > 0 && { actions }),
        },
      },
    ],
  }
}

function blocksOfPart({ title, text, state, facts, status }: TeamsPart): readonly unknown[] {
  return [
    ...(title ? [{ ...textBlock(title), weight: 'Bolder', separator: true, spacing: 'Medium' }] : []),
    ...(text ? [textBlock(text)] : []),
    ...(facts.length > 0
      ? [{ type: 'FactSet', facts: facts.map(([name, value]) => ({ title: name, value })) }]
      : []),
    {
      ...textBlock(state),
      isSubtle: true,
      spacing: 'Small',
      ...(status === 'resolved' && { color: 'Good' }),
    },
  ]
}

function textBlock(text: string) {
  return { type: 'TextBlock', text, wrap: true }
}
