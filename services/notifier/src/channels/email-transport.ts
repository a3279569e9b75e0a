import { hostname } from 'node:os'
import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer'
import { type EmailSettings, readSmarthost } from './email-settings.ts'
import type { Secrets } from './settings/secrets.ts'
import { readTls } from './settings/tls-config.ts'

const CONNECT_MS = 10_000
/** A server may look through a mail for longer than an attempt may take: its answer is still waited for. */
const ANSWER_MS = 30_000
const IMPLICIT_TLS_PORT = 465
/** At once, beside the connections of sends that were cut off and have not ended. */
export const MAILS_AT_ONCE = 3

export interface Sent {
  readonly rejected: readonly unknown[]
  readonly response: string
}

export interface MailTransport {
  send(mail: SendMailOptions): Promise<Sent>
  /** Something failed: passwords and certificates in files are read anew for the next mail. */
  renew(): void
  close(): void
}

/** Connections to the mail server, made when they are needed. */
export function createMailTransport(given: EmailSettings, secrets: Secrets): MailTransport {
  const fromFiles = Object.keys({ ...given, ...given.tls_config }).some((name) => name.endsWith('_file'))
  const login = createLogin(given, secrets)
  let current: Promise<Transporter<Sent>> | undefined

  async function connect(): Promise<Transporter<Sent>> {
    const { host, port } = readSmarthost(given.smarthost) ?? { host: 'localhost', port: 25 }
    const auth = await login()
    return createTransport({
      pool: true,
      host,
      port,
      secure: given.force_implicit_tls ?? port === IMPLICIT_TLS_PORT,
      requireTLS: given.require_tls,
      name: given.hello ?? (hostname().includes('.') ? hostname() : 'localhost'),
      maxConnections: 2 * MAILS_AT_ONCE,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: ANSWER_MS,
      tls: await readTls(given.tls_config),
      ...auth,
    }) as Transporter<Sent>
  }

  function disconnect() {
    const former = current
    current = undefined
    void former?.then((transport) => transport.close()).catch(() => {})
  }

  return {
    async send(mail) {
      current ??= connect()
      const mine = current
      try {
        return await (await mine).sendMail(mail)
      } finally {
        // One that could not even be made is no use to the next.
        await mine.catch(() => {
          if (current === mine) current = undefined
        })
      }
    },
    renew() {
      if (fromFiles) disconnect()
    },
    close: disconnect,
  }
}

/** CRAM-MD5 where only its secret is given; otherwise the first that the server offers of PLAIN and LOGIN. */
function createLogin(given: EmailSettings, secrets: Secrets) {
  const { auth_username: user } = given
  const password = secrets.source(given.auth_password, given.auth_password_file)
  const secret = secrets.source(given.auth_secret, given.auth_secret_file)
  return async () => {
    if (user === undefined || user === '') return {}
    if (password) return { auth: { user, pass: await password() } }
    if (secret) return { auth: { user, pass: await secret(), method: 'CRAM-MD5' } }
    return { auth: { user, pass: '' } }
  }
}
