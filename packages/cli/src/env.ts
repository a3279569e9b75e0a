import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { DEFAULT_PREFIX } from '@tocsin/contract'
import { repositoryRoot, SERVICES, type ServiceName, type ServiceProgram } from '@tocsin/servers'
import { z } from 'zod'
import { CliError, messageOf } from './errors.ts'

// As in the services, a variable that is set to nothing is not set.
const text = z.string().optional()

/** Reads a text; where it cannot, says in the services' words what was expected and what was given. */
function reading<T>(expected: string, read: (text: string) => T | undefined) {
  return z.string().transform((given, ctx): T => {
    const value = read(given.trim())
    if (value !== undefined) return value
    ctx.issues.push({ code: 'custom', message: `expected ${expected}, got '${given}'`, input: given })
    return z.NEVER
  })
}

// Not 0, which the services take: what `up` shows and asks is the port that was given.
const portNumber = reading('a port, 1 to 65535', (given) => {
  const value = /^\d+$/.test(given) ? Number(given) : 0
  return value >= 1 && value <= 65_535 ? value : undefined
})
const port = (fallback: number) => portNumber.default(fallback)

const boolean = reading("'true', 'false', '1' or '0'", (given) => {
  const lower = given.toLowerCase()
  if (lower === 'true' || lower === '1') return true
  return lower === 'false' || lower === '0' ? false : undefined
})

const schema = z.object({
  NATS_URL: text,
  NATS_USER: text,
  NATS_PASS: text,
  NATS_CREDS: text,
  NATS_SUBJECT_PREFIX: z.string().default(DEFAULT_PREFIX),
  REDIS_URL: text,
  SMTP_HOST: text,
  EMAIL_TO: text,
  EMAIL_NOTIFICATIONS_ENABLED: text,
  SLACK_WEBHOOK_URL: text,
  WEBHOOK_URL: text,
  /** The notifier's policy: with it, the channels above tell nobody. */
  NOTIFIER_CONFIG: text,
  /** The backend of `query`, where it is not the collector. */
  PROMETHEUS_URL: text,
  PROMETHEUS_PORT: port(SERVICES.collector.port),
  ALERT_EVALUATOR_PORT: port(SERVICES['alert-evaluator'].port),
  NOTIFIER_PORT: port(SERVICES.notifier.port),
  NOTIFIER_AUTH_USER: text,
  NOTIFIER_AUTH_PASS: text,
  NOTIFIER_AUTH_TOKEN: text,
  /** What `dashboards` writes, checks and imports, and where. */
  GRAFANA_ENABLED: boolean.default(true),
  GRAFANA_DASHBOARD_PATH: z.string().default('./grafana/dashboards'),
  GRAFANA_DATASOURCE: z.string().default('Prometheus'),
  GRAFANA_URL: z.string().default('http://localhost:3000'),
  GRAFANA_TOKEN: text,
  PROMETHEUS_AUTH_USER: text,
  PROMETHEUS_AUTH_PASS: text,
  PROMETHEUS_AUTH_TOKEN: text,
  PROMETHEUS_PATH: z.string().default('/metrics'),
  HEALTH_CHECK_PATH: z.string().default('/health'),
  HTTP_HOST: z.string().default('127.0.0.1'),
  TOCSIN_HOME: z.string().default('.tocsin'),
  /** Another folder of services: only those that are in it are run. */
  TOCSIN_SERVICES: text,
})

export interface ServicePlan {
  readonly name: ServiceName
  readonly main: string
  /** All ports it will listen on, by their variable; the first is the one that answers /health/ready. */
  readonly ports: readonly { readonly variable: string; readonly port: number }[]
}

export interface CliEnv extends z.infer<typeof schema> {
  readonly root: string
  /** A host name under which this machine reaches what listens on HTTP_HOST. */
  readonly reach: string
  /** Where state and logs lie. */
  readonly home: string
  readonly services: readonly ServicePlan[]
  /** Everything, for the processes that are started. */
  readonly all: Readonly<NodeJS.ProcessEnv>
}

function reachable(host: string): string {
  if (['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost'].includes(host)) return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

/** The ports of a service by their variables, with what they are where nothing is set. */
const portsOf = ({ portEnv, port, extraPorts }: ServiceProgram) => ({ [portEnv]: port, ...extraPorts })

const programs: readonly (readonly [string, ServiceProgram])[] = Object.entries(SERVICES)
const portsSchema = z.object(
  Object.fromEntries(
    programs.flatMap(([, program]) =>
      Object.entries(portsOf(program)).map(([variable, usual]) => [variable, port(usual)] as const),
    ),
  ),
)

function planServices(ports: z.infer<typeof portsSchema>, folder: string): ServicePlan[] {
  return programs.map(([name, program]) => ({
    name: name as ServiceName,
    main: resolve(folder, name, 'src', 'main.ts'),
    ports: Object.entries(portsOf(program)).map(([variable, usual]) => ({
      variable,
      port: ports[variable] ?? usual,
    })),
  }))
}

function explain(issues: readonly z.core.$ZodIssue[]): CliError {
  // Some ports are the commands' as well as the services'.
  const faults = new Set(issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`))
  return new CliError('bad-environment', ['the environment is not usable:', ...faults].join('\n'))
}

/**
 * What a file of settings says, as process.loadEnvFile takes it, but for a hash sign within a value, as in
 * `SLACK_CHANNEL=#alerts` or in a password: Node ends the value there. Here, as for Docker Compose, which reads the same
 * file, a comment begins after a blank.
 */
export function readEnvFile(file: string): Readonly<NodeJS.Dict<string>> {
  const unquoted = /^(\s*(?:export\s+)?[\w.-]+[ \t]*=[ \t]*)([^\s'"`].*?)(?:[ \t]+(?:#.*)?)?$/gm
  const text = readSettings(file).replaceAll('\r\n', '\n')
  return parseEnv(
    text.replace(unquoted, (line: string, name: string, value: string) => {
      const quote = ["'", '`', '"'].find((mark) => !value.includes(mark))
      return value.includes('#') && !/^#(\s|$)/.test(value) && quote ? name + quote + value + quote : line
    }),
  )
}

function readSettings(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const isFolder = (cause as NodeJS.ErrnoException).code === 'EISDIR'
    const what = isFolder ? 'is a folder' : `cannot be read (${messageOf(cause)})`
    const message = `${file} ${what}: make it a file of settings, a line each NAME=value, or move it away`
    throw new CliError('bad-environment', message, { cause })
  }
}

/** Reads the environment, and the file .env beside package.json for what it leaves open. Throws CliError `bad-environment`. */
export function readEnv(): CliEnv {
  const root = repositoryRoot()
  const file = resolve(root, '.env')
  const given = existsSync(file) ? readEnvFile(file) : {}
  for (const [name, value] of Object.entries(given)) process.env[name] ??= value
  const source = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value?.trim() !== ''))
  const settings = schema.safeParse(source)
  const ports = portsSchema.safeParse(source)
  if (!settings.success || !ports.success)
    throw explain([settings, ports].flatMap(({ error }) => error?.issues ?? []))
  const parsed = settings.data
  const all = planServices(ports.data, resolve(root, parsed.TOCSIN_SERVICES ?? 'services'))
  const services = parsed.TOCSIN_SERVICES ? all.filter(({ main }) => existsSync(main)) : all
  const reach = reachable(parsed.HTTP_HOST)
  const home = resolve(root, parsed.TOCSIN_HOME)
  return { ...parsed, root, reach, home, services, all: { ...process.env } }
}
