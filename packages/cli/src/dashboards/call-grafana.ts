import { CliError, messageOf } from '../errors.ts'

/** A Grafana, and what says who asks. */
export interface Grafana {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** What Grafana answered; the body is undefined where it is not JSON. */
export interface GrafanaAnswer {
  readonly status: number
  readonly body: unknown
  /** Grafana's own words, where it has some. */
  readonly message: string
}

const TIMEOUT_MS = 15_000

/** GRAFANA_URL, with GRAFANA_TOKEN or the user and password in it. @throws {CliError} `bad-environment` */
export function chooseGrafana(env: {
  readonly GRAFANA_URL: string
  readonly GRAFANA_TOKEN?: string | undefined
}): Grafana {
  const address = URL.parse(env.GRAFANA_URL)
  if (!address || !/^https?:$/.test(address.protocol))
    throw new CliError(
      'bad-environment',
      'GRAFANA_URL is not an http or https URL, such as http://localhost:3000',
    )
  const { username, password } = address
  address.username = ''
  address.password = ''
  const url = address.href.replace(/\/+$/, '')
  if (env.GRAFANA_TOKEN !== undefined)
    return { url, headers: { authorization: `Bearer ${env.GRAFANA_TOKEN}` } }
  if (username !== '') {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    return { url, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } }
  }
  throw new CliError(
    'bad-environment',
    'GRAFANA_TOKEN is not set: make a service account with the role Editor in Grafana (Administration → Users and access → Service accounts), and give its token',
  )
}

/** Calls Grafana's HTTP API. @throws {CliError} `no-answer`, also for a login that is not accepted */
export async function callGrafana(
  { url, headers }: Grafana,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<GrafanaAnswer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...headers,
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new CliError('no-answer', `nothing answers at ${url} (${reasonOf(cause)}): is GRAFANA_URL right?`, {
      cause,
    })
  })
  const text = await response.text()
  if (response.status === 401)
    throw new CliError(
      'no-answer',
      `${url} does not accept the login: is GRAFANA_TOKEN right, and not expired?`,
    )
  const parsed = parse(text)
  const said = (parsed as { message?: unknown } | undefined)?.message
  const message = typeof said === 'string' ? said : `HTTP ${response.status} ${response.statusText}`.trim()
  return { status: response.status, body: parsed, message }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : messageOf(cause ?? error)
}
