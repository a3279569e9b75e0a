import type { OutboxEvent } from '@tocsin/contract'
import type { DiscordSettings } from '../channels/discord.ts'
import { blocksOf, fitBlocks } from './blocks.ts'
import { cut } from './cut.ts'
import { headline } from './headline.ts'
import { markdown } from './markups.ts'
import { colourOfEvent, safeLink } from './present.ts'
import type { Say } from './say.ts'

/** Discord's limits, in characters. */
const longest = { content: 2000, title: 256, description: 4096, username: 80 }

/** A message with one embed. */
export function discordMessage(event: OutboxEvent, given: DiscordSettings, say: Say) {
  const title = say.text(given.title, () => markdown.text(headline(event))) || markdown.text(headline(event))
  const hidden = event.kind === 'alerts' ? event.truncatedAlerts : 0
  const description = say.text(given.message, () =>
    fitBlocks(blocksOf(event, markdown), longest.description, { hidden }),
  )
  const content = say.body(given.content, () => '')
  const username = say.body(given.username, () => '')
  const avatar = say.body(given.avatar_url, () => '')
  const url = event.kind === 'alerts' ? safeLink(event.externalURL) : undefined
  return {
    ...(content && { content: cut(content, longest.content) }),
    ...(username && { username: cut(username, longest.username) }),
    ...(avatar && { avatar_url: avatar }),
    embeds: [
      {
        title: cut(title, longest.title),
        description: cut(description, longest.description),
        color: Number.parseInt(colourOfEvent(event).slice(1), 16),
        ...(url && { url }),
      },
    ],
    // Only whom the configuration itself names: what labels say must call nobody.
    allowed_mentions: mentionsIn(given.content ?? ''),
  }
}

function mentionsIn(source: string) {
  const ids = (pattern: RegExp) => [...source.matchAll(pattern)].map((match) => match[1] ?? '')
  return {
    parse: /@(everyone|here)\b/.test(source) ? ['everyone'] : [],
    roles: ids(/<@&(\d+)>/g),
    users: ids(/<@!?(\d+)>/g),
  }
}
