import type { AddressInfo } from 'node:net'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { collection } from './collection.ts'

export interface ReceivedMail extends ParsedMail {
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  /** When the message was complete, ms since the epoch. */
  readonly receivedAt: number
  /** The user who logged in, if one did. */
  readonly user?: string
}

/**
 * How the server answers a message: takes it, at once or after some time, refuses it with an SMTP code (4xx: for now,
 * 5xx: for good), or never answers.
 */
export type SmtpBehaviour =
  | 'accept'
  | 'hang'
  | { readonly acceptAfterMs: number }
  | { readonly code: number; readonly message?: string }

export type SmtpLogin = 'PLAIN' | 'LOGIN' | 'CRAM-MD5'

export interface SmtpOptions {
  readonly port?: number
  /** When given, a client must log in with these. */
  readonly auth?: { readonly user: string; readonly pass: string; readonly method?: SmtpLogin }
  /** Offers STARTTLS with a self-signed certificate. Default false. */
  readonly startTls?: boolean
}

export interface Smtp {
  readonly host: string
  readonly port: number
  readonly url: string
  /** Accepted mails, in order. */
  readonly mails: readonly ReceivedMail[]
  /** How many messages were attempted, accepted or not. */
  readonly attempts: number
  /** Every mail that was sent to it, the refused ones too, in order. */
  readonly attempted: readonly ReceivedMail[]
  /** Sets how messages are answered from now on: each of `sequence` once, the last one for ever. */
  behave(...sequence: readonly [SmtpBehaviour, ...SmtpBehaviour[]]): void
  /** The first mail that satisfies `wanted`, arrived or to come. Default timeout 15 s. */
  waitForMail(wanted?: (mail: ReceivedMail) => boolean, timeoutMs?: number): Promise<ReceivedMail>
  clear(): void
  stop(): Promise<void>
}

const refusal = (code: number, message = 'refused by the test') =>
  Object.assign(new Error(message), { responseCode: code })

async function readMail(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<ReceivedMail> {
  const parsed = await simpleParser(stream)
  const { mailFrom, rcptTo } = session.envelope
  return Object.assign(parsed, {
    envelope: { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) },
    receivedAt: Date.now(),
    user: session.user,
  })
}

/** Starts a real SMTP server on loopback that parses and keeps what it is sent. */
export async function startSmtp(options: SmtpOptions = {}): Promise<Smtp> {
  const mails = collection<ReceivedMail>(
    'a mail',
    (mail) => `${mail.envelope.to.join(', ')}: ${mail.subject}`,
  )
  const attempted: ReceivedMail[] = []
  let behaviours: readonly SmtpBehaviour[] = ['accept']
  let attempts = 0

  const nextBehaviour = (): SmtpBehaviour => {
    const [first = 'accept', ...rest] = behaviours
    if (rest.length > 0) behaviours = rest
    return first
  }

  const server = new SMTPServer({
    authOptional: !options.auth,
    ...(options.auth?.method && { authMethods: [options.auth.method] }),
    disabledCommands: options.startTls ? [] : ['STARTTLS'],
    disableReverseLookup: true,
    allowInsecureAuth: true,
    closeTimeout: 50,
    logger: false,
    onAuth(auth, _session, done) {
      const { user, pass } = options.auth ?? {}
      const knows = () =>
        auth.method === 'CRAM-MD5' ? auth.validatePassword(pass ?? '') : auth.password === pass
      const known = !options.auth || (auth.username === user && knows())
      if (known) done(null, { user: auth.username })
      else done(refusal(535, 'Authentication credentials invalid'))
    },
    onData(stream, session, done) {
      attempts++
      const behaviour = nextBehaviour()
      readMail(stream, session).then(
        (mail) => {
          attempted.push(mail)
          if (behaviour === 'hang') return
          if (behaviour !== 'accept' && 'code' in behaviour)
            return done(refusal(behaviour.code, behaviour.message))
          const accept = () => {
            mails.add(mail)
            done()
          }
          if (behaviour === 'accept') accept()
          else setTimeout(accept, behaviour.acceptAfterMs)
        },
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      )
    },
  })
  // A client that drops its connection is the client's affair.
  server.on('error', () => {})

  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.server.address() as AddressInfo
  let stopping: Promise<void> | undefined

  return {
    host: '127.0.0.1',
    port,
    url: `smtp://127.0.0.1:${port}`,
    mails: mails.items,
    attempted,
    get attempts() {
      return attempts
    },
    behave(...sequence) {
      behaviours = sequence
    },
    waitForMail: (wanted = () => true, timeoutMs = 15_000) => mails.waitFor(wanted, timeoutMs),
    clear: () => mails.clear(),
    stop() {
      stopping ??= new Promise<void>((resolve) => server.close(() => resolve()))
      return stopping
    },
  }
}
