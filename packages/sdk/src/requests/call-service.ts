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
import type { Bus } from '../connect/bus.ts'
import { MonitoringError } from '../errors.ts'

const TIMEOUT_MS = 10_000

interface Verb {
  readonly request: z.ZodType
  readonly reply: z.ZodType
}

/**
 * Asks a service of Tocsin, and checks both the question and the answer against the contract.
 * Rejects with a {@link MonitoringError}: invalid_argument, unavailable, refused, invalid_reply.
 */
export async function callService<S extends RpcService, V extends keyof RpcVerbs[S] & string>(
  { bus, subjects }: { readonly bus: Bus; readonly subjects: Subjects },
  service: S,
  verb: V,
  request: RpcRequest<S, V>,
  timeoutMs = TIMEOUT_MS,
): Promise<RpcReply<S, V>> {
  const verbs: Readonly<Record<string, Verb>> = rpcVerbs[service]
  const schemas = verbs[verb]
  if (!schemas) throw new MonitoringError('invalid_argument', `${service} has no verb ${verb}`)
  const asked = checkArgument(schemas.request, request, `${service} ${verb}`)
  const { text, errorStatus } = await bus.ask(subjects.rpc(service, verb), JSON.stringify(asked), timeoutMs)
  const envelope = rpcEnvelope.safeParse(parseJson(text)).data
  if (!envelope) throw new MonitoringError('invalid_reply', `${service} ${verb} answered what is no reply`)
  if (!envelope.ok) {
    const { code, message } = envelope.error
    // 5xx: the service could not, rather than would not.
    const kind = (errorStatus ?? 400) >= 500 ? 'unavailable' : 'refused'
    throw new MonitoringError(kind, `${service} ${verb}: ${message}`, { remoteCode: code })
  }
  const reply = schemas.reply.safeParse(envelope.data)
  if (!reply.success)
    throw new MonitoringError(
      'invalid_reply',
      `${service} ${verb} answered otherwise than the contract says: are both of one version?`,
      { cause: reply.error },
    )
  return reply.data as RpcReply<S, V>
}

/** The value as the schema reads it; rejects what it does not allow, naming every fault. */
export function checkArgument<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const { success, data, error } = schema.safeParse(value)
  if (success) return data
  const faults = error.issues.map(({ path, message }) => `${path.map(String).join('.') || 'it'}: ${message}`)
  throw new MonitoringError('invalid_argument', `${what} is not valid: ${faults.slice(0, 5).join('; ')}`, {
    cause: error,
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
