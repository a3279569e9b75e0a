import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alertsNotification, digestNotification, messageNotification } from '../../test/samples/events.ts'
import { manyAlerts } from '../../test/samples/hostile.ts'
import { entriesOf } from '../digest/entries-of.ts'
import { acknowledgeGroupLink, acknowledgeLink } from './acknowledge-link.ts'
import { blocksOf, fitBlocks } from './blocks.ts'
import { cut, cutBytes } from './cut.ts'
import { emailHtml } from './email-html.ts'
import { emailText } from './email-text.ts'
import { headline } from './headline.ts'
import { markdown, plain, telegramHtml } from './markups.ts'
import { digestSections, durationText, safeLink } from './present.ts'
import { silenceLink } from './silence-link.ts'
import { slackMessage } from './slack-message.ts'
import { teamsParts } from './teams-facts.ts'
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
    expect(headline(digestNotification('email'))).toBe('[DIGEST:4] 1 still firing, 1 resolved, 1 message')
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
      'style',
      'div',
      'span',
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
      title: '1 still firing, 1 resolved, 1 message',
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

describe('the metadata of a message in a digest', () => {
  const digest = digestNotification('any')
  const body = (value: unknown) => JSON.stringify(value)
  it.each([
    ['mail', emailHtml(digest)],
    ['text', emailText(digest)],
    ['Slack', body(slackMessage(digest))],
    ['webhook', body(webhookPayload(digest))],
    ['Teams', body(teamsParts(digest))],
    ['other chats', fitBlocks(blocksOf(digest, plain), 4000)],
  ])('stands in %s', (_, said) => {
    expect(said).toContain('deployedBy')
    expect(said).toContain('ci')
    expect(said).toContain('attempt')
  })

  it('is that of the message, cut where it is long', () => {
    const message = messageNotification('any', {
      metadata: { version: '2.0.0', replicas: 3, log: 'x'.repeat(5000), nested: { a: ['y'.repeat(300)] } },
    })
    const [entry] = entriesOf(message)
    expect(entry?.metadata).toMatchObject({ version: '2.0.0', replicas: 3 })
    expect(Object.values(entry?.metadata ?? {}).map((value) => String(value).length)).toEqual([
      5, 1, 200, 200,
    ])
    expect(entriesOf(messageNotification('any', { metadata: {} }))[0]).not.toHaveProperty('metadata')
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

describe('what goes to a fallback receiver', () => {
  const fallback = { receiver: 'ops', channel: 'ops-slack', reason: 'http_404', notification: 'n' }
  const event = alertsNotification('email', { fallback })
  const note = 'This was meant for ops, who could not be told by ops-slack (http_404).'

  it('says why, in every form', () => {
    expect(emailHtml(event)).toContain(note)
    expect(emailText(event)).toContain(note)
    expect(slackMessage(event).text).toContain(note)
    expect(fitBlocks(blocksOf(event, plain), 4000)).toContain(note)
    expect(teamsParts(event)[0]?.state).toContain('This was meant for ops')
  })
})

describe('a mail of a group', () => {
  it('says once what all have in common, and stays below what Gmail shows', () => {
    const said = emailHtml(manyAlerts('email', 1000))
    expect(said.match(/eu-west-1/g)).toHaveLength(1)
    expect(said).toMatch(/and \d+ more/)
    expect(Buffer.byteLength(said)).toBeLessThan(102_000)
  })

  it('leads to where what fires is acknowledged, unless another Alertmanager repeats it', () => {
    const event = alertsNotification('email', { externalURL: 'https://tocsin.example/sub/' })
    const [alert] = event.alerts
    if (!alert) throw new Error('the sample has an alert')
    expect(acknowledgeGroupLink(event)).toEqual([
      {
        text: 'Acknowledge',
        href: `https://tocsin.example/sub/acknowledge?fingerprint=${alert.fingerprint}`,
      },
    ])
    const several = { ...event, alerts: [alert, alert], groupKey: '{}:{a="b & c"}' }
    expect(acknowledgeGroupLink(several)[0]?.href).toContain(
      'acknowledge?groupKey=%7B%7D%3A%7Ba%3D%22b%20%26%20c%22%7D',
    )
    for (const none of [
      { ...event, source: 'alertmanager' },
      { ...event, externalURL: 'javascript:alert(1)' },
      { ...several, groupKey: 'x'.repeat(2000) },
      { ...several, status: 'resolved' as const },
    ])
      expect(acknowledgeGroupLink(none)).toEqual([])
    expect(acknowledgeLink(event, { ...alert, status: 'resolved' })).toEqual([])
  })

  it('leads to a silence where Alertmanager sent it, and nowhere else', () => {
    const [silence] = silenceLink(alertsNotification('email', { source: 'alertmanager' }), { a: 'x"y' })
    expect(decodeURIComponent(silence?.href ?? '')).toContain('/#/silences/new?filter={a="x\\"y"}')
    expect(silenceLink(alertsNotification('email'), {})).toEqual([])
    expect(
      silenceLink(alertsNotification('email', { source: 'alertmanager', status: 'resolved' }), {}),
    ).toEqual([])
  })
})

describe('text that is cut', () => {
  it('stays within its limit, is well-formed, and loses no half of a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.integer({ min: 3, max: 40 }),
        (given, most) => {
          expect(cut(given, most).length).toBeLessThanOrEqual(most)
          expect(cut(given, most).isWellFormed()).toBe(true)
          expect(Buffer.byteLength(cutBytes(given, most))).toBeLessThanOrEqual(most)
          expect(cutBytes(given, most).isWellFormed()).toBe(true)
        },
      ),
    )
  })

  it('is all there where it fits, whatever the markup, and counted where it does not', () => {
    fc.assert(
      fc.property(anyAlerts, fc.integer({ min: 300, max: 5000 }), (event, most) => {
        for (const markup of [plain, markdown, telegramHtml]) {
          const said = fitBlocks(blocksOf(event, markup), most)
          expect(said.length).toBeLessThanOrEqual(most)
        }
      }),
      { numRuns: 30 },
    )
  })
})
