import type { OutboxAlerts } from '@tocsin/contract'
import type { SlackSettings } from '../channels/slack.ts'
import { headline } from './headline.ts'
import { colourOf, safeLink } from './present.ts'
import type { Say } from './say.ts'
import { escapeSlack, slackTexts } from './slack-message.ts'

const LONGEST_TITLE = 1024
const LONGEST_TEXT = 30_000

/** A message whose one attachment says what the configuration's templates say, as Alertmanager's does. */
export function slackAttachment(event: OutboxAlerts, given: SlackSettings, say: Say) {
  const ours = escapeSlack(headline(event))
  const title = cut(
    say.text(given.title, () => ours),
    LONGEST_TITLE,
  )
  const optional = (source: string | undefined) =>
    source === undefined ? undefined : say.text(source, () => '')
  const attachment = {
    title,
    title_link: say.text(given.title_link, () => safeLink(event.externalURL) ?? ''),
    pretext: optional(given.pretext),
    text: cut(
      say.text(given.text, () => slackTexts(event).join('\n\n')),
      LONGEST_TEXT,
    ),
    fallback: say.text(given.fallback, () => ours),
    color: say.text(given.color, () => colourOf(event.severity, event.status)),
    callback_id: optional(given.callback_id),
    footer: optional(given.footer),
    image_url: optional(given.image_url),
    thumb_url: optional(given.thumb_url),
    fields: given.fields?.map((field) => ({
      title: say.text(field.title, () => ''),
      value: say.text(field.value, () => ''),
      short: field.short ?? given.short_fields,
    })),
    actions: given.actions?.map((action) => sayAction(action, say)),
    mrkdwn_in: given.mrkdwn_in ?? ['fallback', 'pretext', 'text'],
  }
  return { attachments: [attachment] }
}

type Action = NonNullable<SlackSettings['actions']>[number]

function sayAction({ confirm, ...action }: Action, say: Say) {
  const said = (fields: Readonly<Record<string, string | undefined>>) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, source]) => [
        name,
        source === undefined ? undefined : say.text(source, () => ''),
      ]),
    )
  return { ...said(action), ...(confirm && { confirm: said(confirm) }) }
}

function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}
