import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alertsNotification, digestNotification, messageNotification } from '../../test/samples/events.ts'
import { emailHtml } from './email-html.ts'
import { emailText } from './email-text.ts'
import { headline } from './headline.ts'
import { digestSections, durationText, safeLink } from './present.ts'
import { slackMessage } from './slack-message.ts'
import { webhookPayload } from './webhook-payload.ts'

const text = fc.string({ unit: 'binary', maxLength: 200 })
const anyAlerts = fc
  .dictionary(fc.string({ minLength: 1, maxLength: 30 }), text, { maxKeys: 5 })
  .chain((pairs) =>
    fc.nat({ max: 120 }).map((n) => {
      const [sample] = alertsNotification('email').alerts
      if (!sample) throw new Error('the sample has an alert')
      const alert = { ...sample, labels: { ...pairs, alertname: 'A' }, annotations: pairs }
      return alertsNotification('email', {
        alerts: Array.from({ length: n + 1 }, () => alert),
        commonAnnotations: pairs,
      })
    }),
  )

describe('a headline', () => {
  it('says state, number, name and summary in one line', () => {
    expect(headline(alertsNotification('email'))).toBe('[FIRING:1] HighErrorRate — Too many requests fail')
    expect(headline(alertsNotification('email', { status: 'resolved' }))).toBe(
      '[RESOLVED] HighErrorRate — Too many requests fail',
    )
    expect(headline(messageNotification('email'))).toBe('[HIGH] Deployment Complete')
    expect(headline(digestNotification('email'))).toBe('[DIGEST:4] 2 fired, 1 resolved, 1 message')
  })

  it('is one line of at most 200 characters, whatever it is made of', () => {
    fc.assert(
      fc.property(text, (title) => {
        const line = headline(messageNotification('email', { title }))
        expect(line.length).toBeLessThanOrEqual(200)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
        expect(line).not.toMatch(/[\u0000-\u001f\u007f]/)
      }),
    )
  })
})

describe('an e-mail', () => {
  it('has the tags of its template only, whatever its labels say', () => {
    const tagsOf = (html: string) =>
      new Set([...html.matchAll(/<\/?([a-z!][a-z0-9]*)/gi)].map((match) => match[1]?.toLowerCase()))
    const allowed = new Set([
      '!doctype',
      'html',
      'head',
      'meta',
      'title',
      'body',
      'div',
      'table',
      'tr',
      'td',
      'a',
      'br',
    ])
    fc.assert(
      fc.property(anyAlerts, (event) => {
        expect([...tagsOf(emailHtml(event))].filter((tag) => tag && !allowed.has(tag))).toEqual([])
      }),
      { numRuns: 50 },
    )
  })

  it('counts what it does not show', () => {
    const [alert] = alertsNotification('email').alerts
    if (!alert) throw new Error('the sample has an alert')
    const many = alertsNotification('email', { alerts: Array.from({ length: 120 }, () => alert) })
    expect(emailHtml(many)).toContain('and 70 more')
    expect(emailText(many)).toContain('and 20 more')
  })

  it('says in text what it says in HTML', () => {
    const said = emailText(digestNotification('email'))
    for (const part of [
      'Still firing (1)',
      'DiskFillingUp: Disk /var is 71 % full',
      'Resolved (1)',
      'Messages (1)',
    ])
      expect(said).toContain(part)
  })
})

describe('a Slack message', () => {
  it('stays within 50 blocks of 3000 characters, and names nobody by accident', () => {
    fc.assert(
      fc.property(anyAlerts, (event) => {
        const { attachments, text: line } = slackMessage(event)
        const blocks = attachments.flatMap((attachment) => attachment.blocks)
        expect(blocks.length).toBeLessThanOrEqual(50)
        for (const block of blocks) {
          expect(block.text.text.length).toBeGreaterThan(0)
          expect(block.text.text.length).toBeLessThanOrEqual(3000)
          expect(block.text.text).not.toMatch(/<[!@#]/)
        }
        expect(line).not.toMatch(/<[!@#]/)
      }),
      { numRuns: 50 },
    )
  })
})

describe('a webhook', () => {
  it('has a documented form for messages and digests', () => {
    expect(webhookPayload(messageNotification('webhook'))).toMatchObject({
      kind: 'message',
      title: 'Deployment Complete',
      severity: 'high',
      metadata: { version: '2.0.0' },
    })
    expect(webhookPayload(digestNotification('webhook'))).toMatchObject({
      kind: 'digest',
      title: '2 fired, 1 resolved, 1 message',
      entries: expect.any(Array),
    })
  })
})

describe('a digest', () => {
  it('folds what fired and ended into what holds now', () => {
    const sections = digestSections(digestNotification('email').entries)
    expect(sections.map(({ title, entries }) => [title, entries.map((entry) => entry.title)])).toEqual([
      ['Still firing', ['DiskFillingUp']],
      ['Resolved', ['SlowQueries']],
      ['Messages', ['Deployment Complete']],
    ])
  })
})

describe('what people read', () => {
  it.each([
    [0, '0s'],
    [65_000, '1m 5s'],
    [3_600_000, '1h'],
    [90_061_000, '1d 1h'],
  ])('says %i ms as %s', (ms, said) => expect(durationText(ms)).toBe(said))

  it.each([
    ['https://example.com/a?b=c', 'https://example.com/a?b=c'],
    ['javascript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['not a link', undefined],
    [undefined, undefined],
  ])('links to %s only if it is a web page', (given, link) => expect(safeLink(given)).toBe(link))
})
