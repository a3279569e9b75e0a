import type { z } from 'zod'
import type { CliEnv } from '../env.ts'
import { CliError, messageOf } from '../errors.ts'
import { isHttp } from '../query/choose-backend.ts'

/** The notifier that is asked, and what says who asks. */
export interface Notifier {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** What of the environment says where the notifier is, and with which login. */
export type NotifierAddress = Pick<CliEnv, 'NOTIFIER_PORT' | 'reach'> &
  Partial<Pick<CliEnv, 'NOTIFIER_AUTH_USER' | 'NOTIFIER_AUTH_PASS' | 'NOTIFIER_AUTH_TOKEN'>>

/** `--url`, else the notifier of this machine. @throws {CliError} `bad-usage` */
export function chooseNotifier(flag: string | undefined, env: NotifierAddress): Notifier {
  if (flag !== undefined) {
    if (!isHttp(flag)) throw new CliError('bad-usage', `--url ${flag} is not an http or https URL`)
    return { url: flag, headers: {} }
  }
  const { NOTIFIER_AUTH_USER: user, NOTIFIER_AUTH_PASS: pass = '', NOTIFIER_AUTH_TOKEN: token } = env
  const login =
    token !== undefined
      ? `Bearer ${token}`
      : user !== undefined
        ? `Basic ${Buffer.from(`${user}:${pass}`).toString('base64')}`
        : undefined
  return {
    url: `http://${env.reach}:${env.NOTIFIER_PORT}`,
    headers: login === undefined ? {} : { authorization: login },
  }
}

export interface Question {
  readonly query?: Readonly<Record<string, string | undefined>>
  /** Posted as JSON. */
  readonly body?: object
  readonly method?: 'DELETE'
}

/** Asks `<url>/api/v1/<path>`. @throws {CliError} `no-answer`; `bad-usage` or `query-failed` with what the notifier says is wrong */
export async function askNotifier<Schema extends z.ZodType>(
  { url, headers }: Notifier,
  path: string,
  schema: Schema,
  { query = {}, body, method }: Question = {},
): Promise<z.infer<Schema>> {
  const address = new URL(`api/v1/${path}`, url.endsWith('/') ? url : `${url}/`)
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) address.searchParams.set(name, value)
  const json = await call(address, {
    headers,
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    ...(method === undefined ? {} : { method }),
  })
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new CliError('no-answer', `${address.origin} does not answer as the notifier does: is --url right?`)
}

async function call(address: URL, init: RequestInit): Promise<unknown> {
  let response: Response
  try {
    response = await fetch(address, init)
  } catch (cause) {
    const reason = cause instanceof Error && cause.cause ? messageOf(cause.cause) : messageOf(cause)
    const advice = 'does the notifier run? `npm start` starts it; --url names another'
    throw new CliError('no-answer', `nothing answers at ${address.origin} (${reason}): ${advice}`, { cause })
  }
  const json: unknown = await response.json().catch(() => undefined)
  if (response.ok) return json
  // What was asked came from flags and arguments: a question that makes no sense is theirs.
  throw new CliError(
    response.status === 400 ? 'bad-usage' : 'query-failed',
    faultOf(json) ?? `${address.origin} answers with HTTP ${response.status}`,
  )
}

/** The message of `{ error: { message } }`. */
function faultOf(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null || !('error' in json)) return undefined
  const { error } = json
  if (typeof error !== 'object' || error === null || !('message' in error)) return undefined
  return typeof error.message === 'string' ? error.message : undefined
}
