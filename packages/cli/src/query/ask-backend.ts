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
  { url, headers: login, advice }: Backend,
  verb: 'query' | 'query_range',
  form: Readonly<Record<string, string>>,
): Promise<{ text: string; answer: Answer }> {
  const { address, headers } = splitUrl(url, verb)
  let response: Response
  let text: string
  try {
    response = await fetch(address, {
      method: 'POST',
      headers: { ...login, ...headers },
      body: new URLSearchParams(form),
    })
    text = await response.text()
  } catch (cause) {
    throw new CliError('no-answer', `nothing answers at ${bare(address)} (${reasonOf(cause)}): ${advice}`, {
      cause,
    })
  }
  const { data: answer } = answerSchema.safeParse(parseJson(text))
  if (answer) return { text, answer }
  if (response.status === 401)
    throw new CliError(
      'no-answer',
      `${bare(address)} wants a login: set PROMETHEUS_AUTH_USER and PROMETHEUS_AUTH_PASS, or PROMETHEUS_AUTH_TOKEN`,
    )
  const status = `HTTP ${response.status} ${response.statusText}`.trim()
  throw new CliError(
    'no-answer',
    `${bare(address)} does not answer as Prometheus does (${status}): ${advice}`,
  )
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
