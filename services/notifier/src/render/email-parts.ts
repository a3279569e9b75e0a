import { cut } from './cut.ts'
import { FONT, light, MONO } from './email-style.ts'
import { type Html, html, lines } from './html.ts'

/** Longer ones are cut: mail clients hide what comes after the first 100 KB of a mail. */
const LONGEST_TEXT = 2000
const LONGEST_VALUE = 400
const MOST_PAIRS = 30

/** A part of a mail with a line above it. */
export function section(content: Html): Html {
  return html`<tr><td class="t-pad t-rule t-body" style="padding:18px 24px;border-top:1px solid ${light.rule};${FONT};font-size:14px;line-height:20px;color:${light.body}">${content}</td></tr>
`
}

export function heading(text: string): Html {
  return html`<div class="t-quiet" style="font-size:12px;line-height:16px;letter-spacing:.06em;text-transform:uppercase;font-weight:600;color:${light.quiet}">${text}</div>`
}

/** A text of several lines. */
export function paragraph(text: string | undefined, size = 15): Html | undefined {
  if (!text?.trim()) return undefined
  return html`<div class="t-body" style="font-size:${size}px;line-height:${size + 7}px;color:${light.body};padding-top:6px;word-break:break-word">${lines(cut(text, LONGEST_TEXT))}</div>`
}

export function quiet(text: string): Html {
  return html`<div class="t-quiet" style="font-size:13px;line-height:18px;color:${light.quiet};padding-top:6px">${text}</div>`
}

/** White on a colour: it reads the same on light and dark. */
export function pill(text: string, colour: string): Html {
  return html`<span style="display:inline-block;background:${colour};color:#ffffff;${FONT};font-size:11px;line-height:18px;font-weight:700;letter-spacing:.04em;text-transform:uppercase;padding:0 8px;border-radius:9px">${text}</span>`
}

/** Names and values beneath one another. */
export function pairs(rows: readonly (readonly [string, string])[]): Html | undefined {
  if (rows.length === 0) return undefined
  const cells = rows.slice(0, MOST_PAIRS).map(
    ([name, value]) => html`<tr>
<td valign="top" class="t-quiet" style="padding:4px 16px 4px 12px;${FONT};font-size:13px;line-height:18px;color:${light.quiet}">${cut(name, LONGEST_VALUE)}</td>
<td valign="top" width="75%" class="t-ink" style="padding:4px 12px 4px 0;${MONO};font-size:13px;line-height:18px;color:${light.ink};word-break:break-word">${lines(cut(value, LONGEST_VALUE))}</td>
</tr>`,
  )
  const left = rows.length - cells.length
  const more = left > 0 ? quiet(`and ${left} more`) : undefined
  return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="t-panel" style="margin-top:12px;background:${light.panel};border-radius:6px;padding:4px 0">${cells}</table>${more}`
}

export interface Button {
  readonly text: string
  readonly href: string
}

/** The first is what one does first; the others stand beside it, or beneath it on a phone. */
export function buttons(shown: readonly Button[], colour: string): Html | undefined {
  if (shown.length === 0) return undefined
  const [first, ...rest] = shown.map(({ text, href }, i) => {
    const look =
      i === 0
        ? `background:${colour};color:#ffffff;border:1px solid ${colour}`
        : `color:${light.link};border:1px solid ${light.rule}`
    return html`<a href="${href}" class="t-button${i === 0 ? '' : ' t-link'}" style="display:inline-block;${look};${FONT};font-size:14px;line-height:20px;font-weight:600;text-decoration:none;padding:8px 16px;border-radius:6px;margin:12px 8px 0 0">${text}</a>`
  })
  return html`<div>${first}${rest}</div>`
}
