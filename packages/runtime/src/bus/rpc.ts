import { type ServiceMsg, Svcm } from '@nats-io/services'
import type { NatsConnection } from '@nats-io/transport-node'
import {
  type RpcReply,
  type RpcRequest,
  type RpcService,
  type RpcVerbs,
  rpcEnvelope,
  rpcVerbs,
  type Subjects,
} from '@tocsin/contract'
import type { z } from 'zod'
import { CodedError, codeOf, isRetryable, messageOf } from '../coded-error.ts'
import type { Log } from '../log/create-log.ts'
import { extractTrace } from '../trace/propagate.ts'
import { withSpan } from '../trace/with-span.ts'
import { toBusError } from './bus-error.ts'
import { headersOf } from './publish.ts'

/** What a service answers a call with when it cannot do it. `code` is the service's own. */
export class RpcError extends CodedError {}

export type RpcHandlers<S extends RpcService> = {
  readonly [V in keyof RpcVerbs[S]]: (input: RpcRequest<S, V>) => Promise<RpcReply<S, V>> | RpcReply<S, V>
}

export interface RpcDeps {
  readonly nc: NatsConnection
  readonly subjects: Subjects
  readonly log: Log
  readonly version: string
}

interface Verb {
  readonly request: z.ZodType
  readonly reply: z.ZodType
}

function verbsOf(service: RpcService): Readonly<Record<string, Verb>> {
  return rpcVerbs[service]
}

/**
 * Answers every verb that the contract gives this service, over the NATS services API:
 * discoverable (`nats micro ls`), and shared between replicas. The function returned stops answering.
 */
export async function serveRpc<S extends RpcService>(
  deps: RpcDeps,
  service: S,
  handlers: RpcHandlers<S>,
): Promise<() => Promise<void>> {
  const { nc, subjects, log, version } = deps
  const served = await new Svcm(nc).add({ name: service, version, description: `Tocsin's ${service}` })
  const named: Readonly<Record<string, unknown>> = handlers
  for (const [verb, schemas] of Object.entries(verbsOf(service))) {
    const handle = named[verb]
    if (typeof handle !== 'function') throw new TypeError(`${service} has no handler for ${verb}`)
    served.addEndpoint(verb, {
      subject: subjects.rpc(service, verb),
      handler: (error, message) => {
        if (error) log.error({ err: error, verb }, 'an RPC subscription failed')
        else void answer(message, `${service} ${verb}`, schemas, (input) => handle(input), log)
      },
    })
  }
  return async () => {
    await served.stop()
  }
}

async function answer(
  message: ServiceMsg,
  name: string,
  { request }: Verb,
  handle: (input: unknown) => unknown,
  log: Log,
): Promise<void> {
  try {
    const data = await withSpan(`rpc ${name}`, () => handle(parseInput(request, message)), {
      kind: 'server',
      parent: extractTrace(message.headers),
    })
    message.respond(JSON.stringify({ ok: true, data }))
  } catch (error) {
    const code = codeOf(error) ?? 'internal'
    if (code === 'internal') log.error({ err: error, call: name }, 'a call failed')
    const body = JSON.stringify({ ok: false, error: { code, message: messageOf(error) } })
    message.respondError(
      code === 'internal' || isRetryable(error) ? 500 : 400,
      messageOf(error).slice(0, 200),
      body,
    )
  }
}

function parseInput(request: z.ZodType, message: ServiceMsg): unknown {
  let json: unknown
  try {
    json = message.data.length === 0 ? {} : message.json()
  } catch (cause) {
    throw new RpcError('invalid_json', 'the request is not JSON', { cause })
  }
  const { data, error, success } = request.safeParse(json)
  if (success) return data
  const what = error.issues
    .map((issue) => `${issue.path.join('.') || 'request'}: ${issue.message}`)
    .join('; ')
  throw new RpcError('invalid_request', what, { cause: error })
}

/**
 * Calls a verb of a service.
 * @throws {RpcError} with the service's own code; {@link BusError} `unavailable` when it does not run, `timeout` after `timeoutMs`.
 */
export async function callRpc<S extends RpcService, V extends keyof RpcVerbs[S] & string>(
  { nc, subjects }: Pick<RpcDeps, 'nc' | 'subjects'>,
  service: S,
  verb: V,
  input: RpcRequest<S, V>,
  { timeoutMs = 5000 }: { timeoutMs?: number } = {},
): Promise<RpcReply<S, V>> {
  const reply = await request(nc, subjects.rpc(service, verb), JSON.stringify(input), timeoutMs, service)
  const envelope = rpcEnvelope.safeParse(reply)
  if (!envelope.success)
    throw new RpcError('invalid_reply', `${service} ${verb} did not answer as the contract says`)
  if (!envelope.data.ok) throw new RpcError(envelope.data.error.code, envelope.data.error.message)
  const parsed = verbsOf(service)[verb]?.reply.safeParse(envelope.data.data)
  if (!parsed?.success)
    throw new RpcError('invalid_reply', `${service} ${verb}: ${parsed?.error.message ?? 'unknown verb'}`)
  return parsed.data as RpcReply<S, V>
}

async function request(
  nc: NatsConnection,
  subject: string,
  body: string,
  timeout: number,
  service: string,
): Promise<unknown> {
  try {
    return (await nc.request(subject, body, { timeout, headers: headersOf() })).json()
  } catch (error) {
    throw toBusError(error, `calling ${service}`)
  }
}
