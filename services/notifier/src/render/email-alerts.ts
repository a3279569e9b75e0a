import type { OutboxAlerts, WebhookAlert } from '@tocsin/contract'
import { acknowledgeGroupLink, acknowledgeLink } from './acknowledge-link.ts'
import { firingFirst } from './blocks.ts'
import { buttons, heading, pairs, paragraph, pill, quiet, section } from './email-parts.ts'
import { light } from './email-style.ts'
import { type Html, html } from './html.ts'
import { colourOf, factsOf, linksOf, notesOf, stateOf } from './present.ts'
import { silenceLink } from './silence-link.ts'

/** More alerts than this are counted, not shown: nobody reads the hundredth. */
const MOST_SHOWN = 50
/** Gmail hides what comes after 102 KB; the frame needs some of it. */
const MOST_BYTES = 80_000

/** One alert in full; of several, what they have in common first and of each what is its own. */
export function alertRows(event: OutboxAlerts): readonly Html[] {
  const [only, ...others] = event.alerts
  if (only && others.length === 0 && event.truncatedAlerts === 0) return [aloneRow(only, event)]
  const rows: Html[] = commonRows(event)
  let bytes = rows.reduce((sum, { text }) => sum + text.length, 0)
  let shown = 0
  for (const alert of firingFirst(event).slice(0, MOST_SHOWN)) {
    const row = memberRow(alert, event)
    bytes += row.text.length
    if (bytes > MOST_BYTES) break
    rows.push(row)
    shown++
  }
  const hidden = event.alerts.length - shown + event.truncatedAlerts
  return hidden > 0 ? [...rows, section(html`and ${hidden} more`)] : rows
}

function aloneRow(alert: WebhookAlert, event: OutboxAlerts): Html {
  const { annotations, labels } = alert
  const links = [...linksOf(alert), ...acknowledgeLink(event, alert), ...silenceLink(event, labels)]
  // The heading says its summary already.
  return section(html`
${quiet(stateOf(alert))}
${paragraph(annotations['description'])}
${buttons(links, colourOf(event.severity, alert.status))}
${pairs([...factsOf(labels), ...notesOf(annotations)])}`)
}

function commonRows(event: OutboxAlerts): Html[] {
  const { commonLabels, commonAnnotations, severity, status } = event
  const facts = [...factsOf(commonLabels), ...notesOf(commonAnnotations)]
  const links = [
    ...linksOf({ annotations: commonAnnotations, generatorURL: '' }),
    ...acknowledgeGroupLink(event),
    ...silenceLink(event, commonLabels),
  ]
  const description = paragraph(commonAnnotations['description'])
  if (facts.length === 0 && links.length === 0 && !description) return []
  return [
    section(html`
${facts.length > 0 ? heading('All of them') : undefined}
${description}
${pairs(facts)}
${buttons(links, colourOf(severity, status))}`),
  ]
}

/** What the others of its group do not have as well. */
function memberRow(alert: WebhookAlert, event: OutboxAlerts): Html {
  const own = (all: WebhookAlert['labels'], common: WebhookAlert['labels']) =>
    Object.fromEntries(Object.entries(all).filter(([name, value]) => common[name] !== value))
  const annotations = own(alert.annotations, event.commonAnnotations)
  const facts = [...factsOf(own(alert.labels, event.commonLabels)), ...notesOf(annotations)]
  const title = annotations['summary'] ?? alert.labels['alertname']
  return section(html`
<div>${pill(alert.status, colourOf(event.severity, alert.status))} <span class="t-quiet" style="font-size:13px;color:${light.quiet}">&nbsp;${stateOf(alert).replace(/^\w+ /, '')}</span></div>
${title ? html`<div class="t-ink" style="font-size:16px;line-height:22px;font-weight:600;color:${light.ink};padding-top:6px;word-break:break-word">${title}</div>` : undefined}
${paragraph(annotations['description'], 14)}
${pairs(facts)}
${textLinks(linksOf({ ...alert, annotations }))}`)
}

/** Buttons in every row would shout. */
function textLinks(links: readonly { readonly text: string; readonly href: string }[]): Html | undefined {
  if (links.length === 0) return undefined
  const anchors = links.map(
    ({ text, href }) =>
      html`<a href="${href}" class="t-link" style="color:${light.link};font-size:13px;font-weight:600;text-decoration:underline">${text}</a>&nbsp;&nbsp; `,
  )
  return html`<div style="padding-top:10px">${anchors}</div>`
}
