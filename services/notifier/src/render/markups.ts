import type { Markup } from './blocks.ts'

/** No markup at all. */
export const plain: Markup = {
  text: (raw) => raw,
  bold: (raw) => raw,
  code: (raw) => raw,
  link: (raw, href) => `${raw}: ${href}`,
}

const escapeTags = (raw: string) =>
  raw.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** The HTML that Telegram reads. */
export const telegramHtml: Markup = {
  text: escapeTags,
  bold: (raw) => `<b>${escapeTags(raw)}</b>`,
  code: (raw) => `<code>${escapeTags(raw)}</code>`,
  link: (raw, href) => `<a href="${escapeTags(href)}">${escapeTags(raw)}</a>`,
}

const escapeMarkdown = (raw: string) => raw.replace(/[\\*_~`|<>[\]()#]/g, '\\$&')
const markdownLink = (raw: string, href: string) =>
  `[${escapeMarkdown(raw)}](${href.replaceAll('(', '%28').replaceAll(')', '%29')})`

/** Markdown as Discord and ntfy read it. */
export const markdown: Markup = {
  text: escapeMarkdown,
  bold: (raw) => `**${escapeMarkdown(raw)}**`,
  // Inside a code span a back-tick would end it.
  code: (raw) => `\`${raw.replaceAll('`', "'") || ' '}\``,
  link: markdownLink,
}

/** Markdown as Teams reads it, where tags have a meaning as well and there are no code spans. */
export const teamsMarkdown: Markup = {
  text: (raw) => escapeTeams(raw),
  bold: (raw) => `**${escapeTeams(raw)}**`,
  code: (raw) => escapeTeams(raw),
  link: markdownLink,
}

function escapeTeams(raw: string): string {
  return raw
    .replace(/[\\*_~`|[\]()#]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
