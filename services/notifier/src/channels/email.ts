import type { OutboxEvent } from '@tocsin/contract'
import { CodedError, codeOf, EnvError, envVar, messageOf } from '@tocsin/runtime'
import { createTransport } from 'nodemailer'
import type { z } from 'zod'
import type { SendOutcome } from '../delivery/channel.ts'
import { shortHash } from '../grouping/group-key.ts'
import { emailHtml } from '../render/email-html.ts'
import { emailText } from '../render/email-text.ts'
import { headline } from '../render/headline.ts'
import type { ChannelDefinition } from './channel-definition.ts'
import { outcomeOfFailure } from './http-outcome.ts'
import { createLateSends } from './late-sends.ts'

const env = {
  /** Unset: on when SMTP_HOST and EMAIL_TO are set. */
  EMAIL_NOTIFICATIONS_ENABLED: envVar.boolean.optional(),
  SMTP_HOST: envVar.text.optional(),
  SMTP_PORT: envVar.port.default(587),
  /** TLS from the first byte (port 465); otherwise STARTTLS where the server offers it. */
  SMTP_SECURE: envVar.boolean.default(false),
  SMTP_USER: envVar.text.optional(),
  SMTP_PASS: envVar.secret.optional(),
  EMAIL_FROM: envVar.text.optional(),
  EMAIL_TO: envVar.list.default([]),
}

const CONNECT_MS = 10_000
/** A server may look through a mail for longer than an attempt may take: its answer is still waited for. */
const ANSWER_MS = 30_000
/** At once, beside the connections of sends that were cut off and have not ended. */
const CONCURRENCY = 3

/** E-mail over SMTP, HTML and text, each group in a thread of its own. */
export const email: ChannelDefinition<typeof env> = {
  name: 'email',
  env,
  configure(settings) {
    const { SMTP_HOST: host, EMAIL_TO: to, SMTP_USER: user, SMTP_PASS: pass } = settings
    if (!isWanted(settings) || host === undefined) return undefined
    const from = settings.EMAIL_FROM ?? (user?.includes('@') ? user : 'tocsin@localhost')
    const transport = createTransport({
      pool: true,
      host,
      port: settings.SMTP_PORT,
      secure: settings.SMTP_SECURE,
      maxConnections: 2 * CONCURRENCY,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: ANSWER_MS,
      ...(user === undefined ? {} : { auth: { user, pass: pass ?? '' } }),
    })
    const late = createLateSends<Sent>()
    return {
      name: 'email',
      concurrency: CONCURRENCY,
      secrets: pass === undefined ? [] : [pass],
      async send(notification, { signal }) {
        try {
          const before = late.take(notification.id)
          if (before) return outcomeOfSent(before)
          const sent = transport.sendMail({ from, to: [...to], ...mailOf(notification, domainOf(from)) })
          late.follow(notification.id, sent, signal)
          return outcomeOfSent(await abortable(sent, signal))
        } catch (error) {
          return outcomeOfSmtpError(error, signal)
        }
      },
      close: () => transport.close(),
    }
  },
}

function isWanted(settings: z.infer<z.ZodObject<typeof env>>): boolean {
  const { EMAIL_NOTIFICATIONS_ENABLED: enabled, SMTP_HOST: host, EMAIL_TO: to } = settings
  if (enabled !== true) return enabled === undefined && host !== undefined && to.length > 0
  const faults = [
    ...(host === undefined
      ? [{ name: 'SMTP_HOST', expected: 'the mail server, since EMAIL_NOTIFICATIONS_ENABLED is true' }]
      : []),
    ...(to.length === 0
      ? [{ name: 'EMAIL_TO', expected: 'at least one address, since EMAIL_NOTIFICATIONS_ENABLED is true' }]
      : []),
  ]
  if (faults.length > 0) throw new EnvError(faults.map((fault) => ({ ...fault, given: undefined })))
  return true
}

/** What a mail says. Its thread follows from the group, so that a resolve stands below its alert. */
function mailOf(event: OutboxEvent, domain: string) {
  const thread = `<group-${shortHash(event.groupKey)}@${domain}>`
  return {
    subject: headline(event),
    text: emailText(event),
    html: emailHtml(event),
    messageId: `<${event.id}@${domain}>`,
    ...(event.kind === 'alerts' ? { inReplyTo: thread, references: [thread] } : {}),
    ...(event.severity === 'critical' ? { priority: 'high' as const } : {}),
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}

function domainOf(address: string): string {
  return /@([^\s>]+)/.exec(address)?.[1] ?? 'localhost'
}

interface Sent {
  readonly rejected: readonly unknown[]
  readonly response: string
}

/** The server took it for at least one address; those it refused are named. */
function outcomeOfSent(info: Sent): SendOutcome {
  if (info.rejected.length === 0) return { result: 'delivered', reason: 'ok', detail: info.response }
  return { result: 'delivered', reason: 'partly_refused', detail: `refused for ${info.rejected.join(', ')}` }
}

/**
 * 4xx is worth another try, 5xx is not, except for a login that is refused: that is mended in the configuration,
 * and the notification should live to see it.
 */
function outcomeOfSmtpError(error: unknown, signal: AbortSignal): SendOutcome {
  const status = smtpStatusOf(error)
  const detail = messageOf(error)
  if (signal.aborted || status === undefined) {
    if (codeOf(error) === 'EENVELOPE') return { result: 'refused', reason: 'invalid_address', detail }
    return outcomeOfFailure(error, signal)
  }
  if (codeOf(error) === 'EAUTH') return { result: 'retry', reason: 'smtp_login', detail }
  const reason = `smtp_${status}`
  return status >= 500 ? { result: 'refused', reason, detail } : { result: 'retry', reason, detail }
}

function smtpStatusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('responseCode' in error)) return undefined
  return typeof error.responseCode === 'number' ? error.responseCode : undefined
}

/** The promise, or a rejection once the signal aborts: the transport itself knows no signal. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new CodedError('timeout', 'no answer in time', { retryable: true }))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
