import { connect, createServer, type Socket } from 'node:net'
import { systemClock } from '@tocsin/runtime'
import {
  freePort,
  type Answer as HttpAnswer,
  type ReceivedRequest,
  startHttpSink,
  startSmtp,
} from '@tocsin/testkit'
import { createNet } from '../src/channels/net/net.ts'
import { channelKinds, createChannel } from '../src/channels/registry.ts'
import type { Channel } from '../src/delivery/channel.ts'
import type { ChannelKind } from '../src/policy/policy.ts'
import type { Templates } from '../src/render/say.ts'
import type { Answer, FarEnd } from './channel-conformance.ts'
import { serviceChecks } from './services.ts'

/** A channel of settings as they stand in a configuration file. */
export function channelWith(kind: ChannelKind, raw: unknown, templates?: Templates): Channel {
  const definition = channelKinds.find((one) => one.kind === kind)
  const settings = definition?.settings.parse(raw)
  const integration = { channel: kind, type: kind, sendResolved: true, settings }
  return createChannel(integration, { clock: systemClock, net: createNet({ allowPrivate: true }), templates })
}

/** How a service speaks HTTP: what its channel is configured with, and what its answers are. */
export interface HttpService {
  readonly kind: ChannelKind
  settings(url: string): unknown
  readonly secrets: readonly string[]
  /** What joins an end with its alert, if anything does. */
  thread?(request: ReceivedRequest): string
  readonly taken?: HttpAnswer
  readonly limited?: HttpAnswer
}

export async function startHttpService(service: HttpService): Promise<FarEnd> {
  const sink = await startHttpSink()
  let how: Answer = 'take'
  let taken = 0
  const answers: Readonly<Record<Exclude<Answer, 'take'>, (request: ReceivedRequest) => HttpAnswer>> = {
    'refuse for good': ({ path, headers, body }) => ({
      status: 404,
      body: `no ${path} for ${headers['authorization'] ?? 'nobody'} ${body.slice(0, 200)}`,
    }),
    'refuse for now': () => service.limited ?? { status: 429, headers: { 'Retry-After': '7' } },
    fail: () => ({ status: 503 }),
    hang: () => ({ hang: true }),
    reset: () => ({ reset: true }),
  }
  sink.answerWith((request) => {
    if (how !== 'take') return answers[how](request)
    const objection = serviceChecks[service.kind]?.(request)
    if (objection !== undefined) return { status: 400, body: objection }
    taken++
    return service.taken ?? { status: 200 }
  })
  return {
    channel: channelWith(service.kind, service.settings(sink.url)),
    secrets: service.secrets,
    taken: () => taken,
    keys: () => sink.requests.map(({ headers }) => headers['idempotency-key'] ?? ''),
    threads: () => (service.thread ? sink.requests.map(service.thread) : []),
    answer: (next) => {
      how = next
    },
    stop: () => sink.stop(),
  }
}

const PASSWORD = 'm4il-s3cret'

/** A mail server behind a wire that can be cut. */
export async function startMailService(): Promise<FarEnd> {
  const smtp = await startSmtp({ auth: { user: 'tocsin', pass: PASSWORD } })
  const wire = await startWire(smtp.port)
  const answers = {
    take: 'accept',
    'refuse for good': { code: 550, message: `no such mailbox, said tocsin with ${PASSWORD}` },
    'refuse for now': { code: 450 },
    fail: { code: 451 },
    hang: 'hang',
    reset: 'accept',
  } as const
  const channel = channelWith('email', {
    to: 'team@example.com',
    from: 'Tocsin <tocsin@example.com>',
    smarthost: `127.0.0.1:${wire.port}`,
    auth_username: 'tocsin',
    auth_password: PASSWORD,
    require_tls: false,
  })
  return {
    channel,
    secrets: [PASSWORD],
    taken: () => smtp.mails.length,
    keys: () => smtp.attempted.map(({ messageId = '' }) => messageId),
    threads: () => smtp.attempted.map(({ references = '' }) => String(references)),
    answer(how) {
      smtp.behave(answers[how])
      wire.cut(how === 'reset')
    },
    async stop() {
      await wire.stop()
      await smtp.stop()
    },
  }
}

/** Passes bytes on to a port of this machine, or resets whoever connects. */
async function startWire(to: number) {
  const port = await freePort()
  const sockets = new Set<Socket>()
  let isCut = false
  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    return socket
  }
  const server = createServer((near) => {
    track(near)
    if (isCut) return void near.resetAndDestroy()
    const far = track(connect(to, '127.0.0.1'))
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port,
    cut(now: boolean) {
      isCut = now
      if (now) for (const socket of sockets) socket.resetAndDestroy()
    },
    stop() {
      for (const socket of sockets) socket.destroy()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
