import type { AlertRecord } from '../grouping/records.ts'
import { labelsOfRecord } from '../policy/routing-labels.ts'
import { Html, html, lines } from '../render/html.ts'
import { factsOf, humanTime, stateOf } from '../render/present.ts'
import type { Acknowledgement } from './acknowledgement.ts'

/** An alert as the page shows it, and who has said already that they see to it. */
export interface ShownAlert {
  readonly record: AlertRecord
  readonly seen: Acknowledgement | undefined
}

/** More than this are counted, not shown. They are acknowledged all the same: the form names each. */
const MOST_SHOWN = 50

/** The page that asks: the alerts, who one is, and the button. `command`: what to type where no browser is let in. */
export function askingPage(alerts: readonly ShownAlert[], command: string | undefined): string {
  const [only, ...others] = alerts
  const title = others.length === 0 ? nameOf(only) : `${alerts.length} alerts`
  const hidden = alerts.length - MOST_SHOWN
  return page(
    `Acknowledge ${title}`,
    html`${alerts.slice(0, MOST_SHOWN).map(alertPart)}
${hidden > 0 ? html`<p>and ${hidden} more</p>` : undefined}
${command === undefined ? form(alerts) : html`<p>This notifier lets no browser in. In a terminal:</p><pre>${command}</pre>`}`,
  )
}

/** The page that says what came of it. */
export function donePage(by: string, acknowledged: readonly AlertRecord[], ended: number): string {
  const names = acknowledged.slice(0, MOST_SHOWN).map((record) => html`<li>${nameOf({ record })}</li>`)
  return page(
    'Acknowledged',
    html`<p>${by} sees to ${acknowledged.length === 1 ? 'this alert' : `these ${acknowledged.length} alerts`}. No more repeats; the end is told.</p>
<ul>${names}</ul>
${ended > 0 ? html`<p>${ended === 1 ? 'One has' : `${ended} have`} ended in the meantime.</p>` : undefined}`,
  )
}

export function faultPage(title: string, message: string): string {
  return page(title, html`<p>${message}</p>`)
}

/** Names in the form what the person saw: what has begun since is not acknowledged unseen. */
export function keyOf({ fingerprint, alert }: AlertRecord): string {
  return `${fingerprint} ${alert.startsAt}`
}

function nameOf(shown: Pick<ShownAlert, 'record'> | undefined): string {
  const { labels = {}, annotations = {} } = shown?.record.alert ?? {}
  const name = labels['alertname'] ?? 'Alert'
  return annotations['summary'] ? `${name} — ${annotations['summary']}` : name
}

function alertPart({ record, seen }: ShownAlert): Html {
  const { alert, severity } = record
  const facts = factsOf(labelsOfRecord(record)).map(
    ([name, value]) => html`<tr><th>${name}</th><td>${value}</td></tr>`,
  )
  const description = alert.annotations['description']
  return html`<section>
<h2>${nameOf({ record })}</h2>
<p>${severity} · ${stateOf(alert)}</p>
${seen ? html`<p><strong>${seen.by} has acknowledged it at ${humanTime(seen.at)}${seen.comment ? `: ${seen.comment}` : ''}</strong></p>` : undefined}
${description ? html`<p>${lines(description)}</p>` : undefined}
<table>${facts}</table>
</section>
`
}

function form(alerts: readonly ShownAlert[]): Html {
  const named = alerts.map(({ record }) => html`<input type="hidden" name="alert" value="${keyOf(record)}">`)
  return html`<form method="post">
${named}
<label>Your name <input name="by" required maxlength="200" autocomplete="name"></label>
<label>Comment <input name="comment" maxlength="2000" autocomplete="off"></label>
<button type="submit">Acknowledge</button>
</form>`
}

const STYLE = new Html(`<style>
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-bottom:0}
section{border-top:1px solid;padding-bottom:1rem}
th{text-align:left;font-weight:normal;padding-right:1rem;vertical-align:top}
label{display:block;margin:.75rem 0}label input{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.4rem}
button{font:inherit;font-weight:600;padding:.5rem 1.5rem}
</style>`)

function page(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
${STYLE}
</head>
<body>
<h1>${title}</h1>
${body}
</body>
</html>
`.text
}
