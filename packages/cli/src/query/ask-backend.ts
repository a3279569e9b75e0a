import { CliError, messageOf } from '../errors.ts'
import { type Answer, answerSchema } from './answer.ts'

/** Who is asked, and what the user can do when nobody is there. */
export interface Backend {
  readonly url: string
  /** What says who asks. */
  readonly headers: Readonly<Record<string, string>>
  readonly advice: string
}

/** Sends a form to `<url>/api/v1/<verb>`. The answer's text comes with it, as it was. @throws {CliError} `no-answer` */
export async function askBackend(
  backend: Backend,
  verb: 'query' | 'query_range',
  form: Readonly<Record<string, string>>,
): Promise<{ text: string; answer: Answer }> {
  const called = await callApi(backend, verb, form)
  const { data: answer } = answerSchema.safeParse(parseJson(called.text))
  if (!answer) throw noSuchAnswer(backend, called)
  return { text: called.text, answer }
}

/** What an API answered, whatever it is. */
export interface CalledApi {
  readonly text: string
  readonly status: string
  readonly code: number
  /** Who answered, without a login. */
  readonly who: string
}

/** Calls `<url>/api/v1/<verb>`, with a form by POST. @throws {CliError} `no-answer` */
export async function callApi(
  { url, headers: login, advice }: Backend,
  verb: string,
  form?: Readonly<Record<string, string>>,
): Promise<CalledApi> {
  const { address, headers } = splitUrl(url, verb)
  const body = form && { method: 'POST', body: new URLSearchParams(form) }
  const who = bare(address)
  try {
    const response = await fetch(address, { ...body, headers: { ...login, ...headers } })
    const status = `HTTP ${response.status} ${response.statusText}`.trim()
    return { text: await response.text(), status, code: response.status, who }
  } catch (cause) {
    throw new CliError('no-answer', `nothing answers at ${who} (${reasonOf(cause)}): ${advice}`, { cause })
  }
}

/** That somebody answered, and not as was expected. */
export function noSuchAnswer({ advice }: Backend, { code, status, who }: CalledApi): CliError {
  const message =
    code === 401
      ? `${who} wants a login: set PROMETHEUS_AUTH_USER and PROMETHEUS_AUTH_PASS, or PROMETHEUS_AUTH_TOKEN`
      : `${who} does not answer as Prometheus does (${status}): ${advice}`
  return new CliError('no-answer', message)
}

/** fetch takes no user and password in a URL: they become a header. */
function splitUrl(url: string, verb: string): { address: URL; headers: Record<string, string> } {
  const address = new URL(`api/v1/${verb}`, url.endsWith('/') ? url : `${url}/`)
  const { username, password } = address
  if (username === '') return { address, headers: {} }
  address.username = ''
  address.password = ''
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { address, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } }
}

const bare = ({ origin, pathname }: URL): string => origin + pathname.replace(/\/api\/v1\/\w+$/, '')

/** fetch hides what happened in the cause of its "fetch failed". */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : messageOf(cause ?? error)
}

/** Undefined for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
