import type { OutboxAlerts, OutboxDigest, OutboxEvent, OutboxMessage } from '@tocsin/contract'
import { cut } from './cut.ts'
import { alertRows } from './email-alerts.ts'
import { heading, pairs, paragraph, quiet, section } from './email-parts.ts'
import { FONT, light, STYLE } from './email-style.ts'
import { alertsTitle, digestTitle, headline } from './headline.ts'
import { Html, html } from './html.ts'
import {
  colourOf,
  colourOfEvent,
  digestSections,
  entryTimes,
  fallbackNote,
  humanTime,
  metadataFacts,
} from './present.ts'

/** More entries of one kind than this are counted, not shown. */
const MOST_SHOWN = 50
const LONGEST_TITLE = 300
/** Mail clients fill the line beside the subject with what follows, unless that is nothing to see. */
const NOTHING_TO_SEE = new Html('&#847;&zwnj;&nbsp;&#8199;&shy;'.repeat(40))

/**
 * An e-mail's HTML part. Tables and inline styles, which is what mail clients agree on, and a form for dark devices
 * where these are read; 600 pixels at most, all of the width on a phone. What comes from outside is escaped.
 */
export function emailHtml(event: OutboxEvent): string {
  const colour = colourOfEvent(event)
  const { badge, title, body } = contentOf(event)
  const note = fallbackNote(event)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="x-apple-disable-message-reformatting">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no">
<title>${headline(event)}</title>
${STYLE}
</head>
<body class="t-page" style="margin:0;padding:0;background:${light.page};-webkit-text-size-adjust:100%;${FONT}">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${cut(preheader(event), 200)}${NOTHING_TO_SEE}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="t-page" style="background:${light.page}">
<tr><td align="center" style="padding:20px 8px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="t-card" style="max-width:600px;background:${light.card};border-radius:8px;overflow:hidden">
<tr><td class="t-pad" style="background:${colour};padding:20px 24px">
<div style="${FONT};font-size:12px;line-height:16px;letter-spacing:.08em;font-weight:600;text-transform:uppercase;color:#ffffff">${badge}</div>
<div style="${FONT};font-size:22px;line-height:28px;font-weight:600;color:#ffffff;padding-top:6px;word-break:break-word">${cut(title, LONGEST_TITLE)}</div>
</td></tr>
${note ? section(quiet(note)) : undefined}
${body}
<tr><td class="t-pad t-rule t-quiet" style="padding:16px 24px;border-top:1px solid ${light.rule};${FONT};font-size:12px;line-height:18px;color:${light.quiet}">Sent by Tocsin to the receiver ${event.receiver}.</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`.text
}

function contentOf(event: OutboxEvent): { badge: string; title: string; body: readonly Html[] } {
  switch (event.kind) {
    case 'alerts':
      return { badge: alertsBadge(event), title: alertsTitle(event), body: alertRows(event) }
    case 'message':
      return { badge: `${event.severity} · message`, title: event.title, body: messageRows(event) }
    case 'digest':
      return { badge: 'digest', title: digestTitle(event), body: digestRows(event) }
  }
}

function alertsBadge({ alerts, severity, status }: OutboxAlerts): string {
  const firing = alerts.filter((alert) => alert.status === 'firing').length
  const resolved = alerts.length - firing
  const counted = (n: number, word: string) => (alerts.length === 1 ? word : `${n} ${word}`)
  const counts = [
    firing > 0 ? counted(firing, 'firing') : '',
    resolved > 0 ? counted(resolved, 'resolved') : '',
  ]
  return [status === 'resolved' ? '' : severity, ...counts].filter(Boolean).join(' · ')
}

/** What a mail client shows beside the subject. */
function preheader(event: OutboxEvent): string {
  if (event.kind === 'message') return event.message
  if (event.kind === 'digest') return event.entries.map((entry) => entry.title).join(' · ')
  return event.commonAnnotations['description'] ?? event.alerts[0]?.annotations['description'] ?? ''
}

function messageRows({ message, metadata, time, source }: OutboxMessage): readonly Html[] {
  return [
    section(
      html`${paragraph(message)}${pairs(metadataFacts(metadata))}${quiet(`${humanTime(time)} from ${source}`)}`,
    ),
  ]
}

function digestRows({ entries, from, to }: OutboxDigest): readonly Html[] {
  const parts = digestSections(entries).map(({ title, entries: shown }) => {
    const rows = shown.slice(0, MOST_SHOWN).map(
      (entry) => html`<tr>
<td width="4" style="background:${colourOf(entry.severity, entry.status)};border-radius:2px;font-size:1px">&nbsp;</td>
<td style="padding:2px 0 2px 12px;${FONT}">
<div class="t-ink" style="font-size:15px;line-height:20px;font-weight:600;color:${light.ink};word-break:break-word">${cut(entry.title, LONGEST_TITLE)}</div>
${paragraph(cut(entry.text, LONGEST_TITLE), 14)}${pairs(metadataFacts(entry.metadata))}
${quiet(entryTimes(entry))}
</td></tr>
<tr><td colspan="2" style="font-size:1px;line-height:12px">&nbsp;</td></tr>`,
    )
    const hidden = shown.length - rows.length
    return section(html`${heading(`${title} · ${shown.length}`)}
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin-top:10px">${rows}</table>
${hidden > 0 ? quiet(`and ${hidden} more`) : undefined}`)
  })
  return [section(quiet(`${humanTime(from)} to ${humanTime(to)}`)), ...parts]
}
