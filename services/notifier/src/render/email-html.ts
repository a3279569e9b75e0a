import type { OutboxAlerts, OutboxDigest, OutboxEvent, OutboxMessage, WebhookAlert } from '@tocsin/contract'
import { alertsTitle, digestTitle, headline } from './headline.ts'
import { type Html, html, lines } from './html.ts'
import {
  colourOf,
  colourOfEvent,
  digestSections,
  factsOf,
  humanTime,
  lastedText,
  linksOf,
  notesOf,
  valueText,
} from './present.ts'

/** More alerts than this are counted, not shown: nobody reads the hundredth, and mail clients cut long messages. */
const MOST_SHOWN = 50
const FONT = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const MONO = "font-family:SFMono-Regular,Consolas,'Liberation Mono',Menlo,monospace"

/**
 * An e-mail's HTML part. Tables and inline styles only, which is what mail clients agree on; 600 pixels at most, all
 * of the width on a phone. Everything that comes from outside is escaped.
 */
export function emailHtml(event: OutboxEvent): string {
  const colour = colourOfEvent(event)
  const { badge, title, body } = contentOf(event)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<meta name="x-apple-disable-message-reformatting">
<title>${headline(event)}</title>
</head>
<body style="margin:0;padding:0;background:#eef0f3;-webkit-text-size-adjust:100%;${FONT}">
<div style="display:none;max-height:0;overflow:hidden">${preheader(event)}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#eef0f3">
<tr><td align="center" style="padding:20px 8px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;background:#ffffff;border-radius:8px;overflow:hidden">
<tr><td style="background:${colour};padding:20px 24px">
<div style="${FONT};font-size:12px;line-height:16px;letter-spacing:.08em;text-transform:uppercase;color:#ffffff">${badge}</div>
<div style="${FONT};font-size:22px;line-height:28px;font-weight:600;color:#ffffff;padding-top:6px;word-break:break-word">${title}</div>
</td></tr>
${body}
<tr><td style="padding:16px 24px;border-top:1px solid #e5e7eb;${FONT};font-size:12px;line-height:18px;color:#6b7280">Sent by Tocsin to the receiver ${event.receiver}.</td></tr>
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
  if (event.kind === 'digest')
    return event.entries
      .map((entry) => entry.title)
      .join(' · ')
      .slice(0, 200)
  return event.commonAnnotations['description'] ?? event.alerts[0]?.annotations['description'] ?? ''
}

function alertRows(event: OutboxAlerts): readonly Html[] {
  const rows = event.alerts.slice(0, MOST_SHOWN).map((alert) => alertRow(alert, event))
  const hidden = event.alerts.length - rows.length + event.truncatedAlerts
  return hidden > 0 ? [...rows, section(html`and ${hidden} more`)] : rows
}

function alertRow(alert: WebhookAlert, { severity, alerts }: OutboxAlerts): Html {
  const { annotations, labels } = alert
  const lasted = lastedText(alert)
  const colour = colourOf(severity, alert.status)
  const state =
    alert.status === 'firing'
      ? `Firing since ${humanTime(alert.startsAt)}`
      : `Resolved ${humanTime(alert.endsAt)}`
  // With one alert the heading says its summary already.
  const summary = alerts.length > 1 ? annotations['summary'] : undefined
  return section(html`
<div style="font-size:13px;line-height:18px;font-weight:600;color:${colour}">${state}${lasted ? ` after ${lasted}` : ''}</div>
${summary ? html`<div style="font-size:16px;line-height:22px;font-weight:600;color:#111827;padding-top:4px">${summary}</div>` : undefined}
${annotations['description'] ? html`<div style="font-size:15px;line-height:22px;color:#374151;padding-top:6px">${lines(annotations['description'])}</div>` : undefined}
${pairs([...factsOf(labels), ...notesOf(annotations)])}
${links(alert)}`)
}

function messageRows({ message, metadata, time, source }: OutboxMessage): readonly Html[] {
  const facts = Object.entries(metadata).map(([name, value]): [string, string] => [name, valueText(value)])
  return [
    section(html`
${message.trim() ? html`<div style="font-size:15px;line-height:22px;color:#374151">${lines(message)}</div>` : undefined}
${pairs(facts)}
<div style="font-size:13px;line-height:18px;color:#6b7280;padding-top:12px">${humanTime(time)} from ${source}</div>`),
  ]
}

function digestRows({ entries, from, to }: OutboxDigest): readonly Html[] {
  const period = section(
    html`<div style="font-size:13px;line-height:18px;color:#6b7280">${humanTime(from)} to ${humanTime(to)}</div>`,
  )
  const parts = digestSections(entries).map(({ title, entries: shown }) => {
    const rows = shown.slice(0, MOST_SHOWN).map(
      (entry) => html`<tr><td style="padding:10px 0 0 0;${FONT}">
<div style="font-size:15px;line-height:20px;font-weight:600;color:${colourOf(entry.severity, entry.status)};word-break:break-word">${entry.title}</div>
${entry.text ? html`<div style="font-size:14px;line-height:20px;color:#374151;word-break:break-word">${lines(entry.text)}</div>` : undefined}
<div style="font-size:12px;line-height:18px;color:#6b7280">${humanTime(entry.time)}</div>
</td></tr>`,
    )
    const hidden = shown.length - rows.length
    return section(html`<div style="font-size:12px;line-height:16px;letter-spacing:.08em;text-transform:uppercase;color:#6b7280">${title} · ${shown.length}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">${rows}</table>
${hidden > 0 ? html`<div style="padding-top:10px">and ${hidden} more</div>` : undefined}`)
  })
  return [period, ...parts]
}

function section(content: Html): Html {
  return html`<tr><td style="padding:16px 24px;border-top:1px solid #e5e7eb;${FONT};font-size:14px;line-height:20px;color:#374151">${content}</td></tr>
`
}

function pairs(rows: readonly (readonly [string, string])[]): Html | undefined {
  if (rows.length === 0) return undefined
  const cells = rows.map(
    ([name, value]) => html`<tr>
<td valign="top" style="padding:3px 12px 3px 0;${FONT};font-size:13px;line-height:18px;color:#6b7280;white-space:nowrap">${name}</td>
<td valign="top" width="100%" style="padding:3px 0;${MONO};font-size:13px;line-height:18px;color:#111827;word-break:break-word">${lines(value)}</td>
</tr>`,
  )
  return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin-top:10px">${cells}</table>`
}

function links(alert: WebhookAlert): Html | undefined {
  const shown = linksOf(alert)
  if (shown.length === 0) return undefined
  const anchors = shown.map(
    ({ text, href }) =>
      html`<a href="${href}" style="color:#1d4ed8;font-size:14px;font-weight:600;text-decoration:underline;margin-right:16px">${text}</a> `,
  )
  return html`<div style="padding-top:12px">${anchors}</div>`
}
