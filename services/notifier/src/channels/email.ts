import type { OutboxEvent } from '@tocsin/contract'
import { shortHash } from '../grouping/group-key.ts'
import { emailHtml } from '../render/email-html.ts'
import { emailText } from '../render/email-text.ts'
import { headline } from '../render/headline.ts'
import { createSay, type Say } from '../render/say.ts'
import { abortable } from './abortable.ts'
import type { ChannelDeps, ChannelKindDefinition } from './channel-kind.ts'
import { type EmailSettings, emailGlobals, emailSettings } from './email-settings.ts'
import { createMailTransport, MAILS_AT_ONCE, type Sent } from './email-transport.ts'
import { deliveredWith, hidden } from './http-channel.ts'
import { createLateSends } from './late-sends.ts'
import { createSecrets } from './settings/secrets.ts'
import { outcomeOfSmtpError } from './smtp-outcome.ts'

/** E-mail over SMTP, HTML and text, each group in a thread of its own. */
export const email: ChannelKindDefinition<EmailSettings> = {
  kind: 'email',
  configKey: 'email_configs',
  settings: emailSettings,
  globals: emailGlobals,
  sendResolved: false,
  secretFields: ['auth_password', 'auth_secret'],
  create(given, deps) {
    const secrets = createSecrets()
    const transport = createMailTransport(given, secrets)
    const late = createLateSends<Sent>()
    return {
      name: deps.name,
      concurrency: MAILS_AT_ONCE,
      get secrets() {
        return secrets.all
      },
      async send(notification, { signal }) {
        try {
          const before = late.take(notification.id)
          if (before) return hidden(outcomeOfSent(before, []), secrets)
          const say = createSay(deps.templates, notification)
          const sent = transport.send(mailOf(notification, given, say))
          late.follow(notification.id, sent, signal)
          return hidden(outcomeOfSent(await abortable(sent, signal), say.faults), secrets)
        } catch (error) {
          const outcome = outcomeOfSmtpError(error, signal)
          if (outcome.reason !== 'timeout') transport.renew()
          return hidden(outcome, secrets)
        }
      },
      preview: (event) => Promise.resolve(previewOf(event, given, deps)),
      close: () => transport.close(),
    }
  },
}

/** What a mail says. Its thread follows from the group, so that a resolve stands below its alert. */
function mailOf(event: OutboxEvent, given: EmailSettings, say: Say) {
  const from = say.route(given.from)
  const domain = /@([^\s>]+)/.exec(from)?.[1] ?? 'localhost'
  const thread = `<group-${shortHash(event.groupKey)}@${domain}>`
  const { subject: sayingSubject, ...headers } = headersOf(given, say)
  return {
    from,
    to: say.route(given.to),
    subject: sayingSubject ?? headline(event),
    ...bodiesOf(event, given, say),
    messageId: `<${event.id}@${domain}>`,
    ...(event.kind === 'alerts' ? { inReplyTo: thread, references: [thread] } : {}),
    ...(event.severity === 'critical' ? { priority: 'high' as const } : {}),
    headers: { 'Auto-Submitted': 'auto-generated', ...headers },
  }
}

/** A part that is configured as nothing is left out. */
function bodiesOf(event: OutboxEvent, given: EmailSettings, say: Say) {
  const html = say.html(given.html, () => emailHtml(event))
  const text = say.text(given.text, () => emailText(event))
  if (given.html === '') return { text }
  return given.text === '' ? { html } : { html, text }
}

/** The configured headers. A subject made by a template belongs to alerts; the others hold for every mail. */
function headersOf(given: EmailSettings, say: Say): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const [name, source] of Object.entries(given.headers ?? {})) {
    const oneLine = (text: string) => text.replace(/[\r\n]+/g, ' ').trim()
    const isSubject = name.toLowerCase() === 'subject'
    const value = oneLine(isSubject ? say.text(source, () => '') : say.body(source, () => ''))
    if (value !== '') headers[isSubject ? 'subject' : name] = value
  }
  return headers
}

function previewOf(event: OutboxEvent, given: EmailSettings, deps: ChannelDeps) {
  const say = createSay(deps.templates, event)
  const { from, to, subject, html = '', text = '' } = mailOf(event, given, say)
  return {
    faults: say.faults,
    parts: [
      { name: 'envelope', type: 'text/plain', content: `From: ${from}\nTo: ${to}\nSubject: ${subject}` },
      { name: 'html', type: 'text/html', content: html },
      { name: 'text', type: 'text/plain', content: text },
    ].filter(({ content }) => content !== ''),
  }
}

/** The server took it for at least one address; those it refused are named. */
function outcomeOfSent(info: Sent, faults: readonly string[]) {
  if (info.rejected.length > 0)
    return {
      result: 'delivered',
      reason: 'partly_refused',
      detail: `refused for ${info.rejected.join(', ')}`,
    } as const
  return faults.length > 0
    ? deliveredWith(faults)
    : ({ result: 'delivered', reason: 'ok', detail: info.response } as const)
}
