import { z } from 'zod'

const flag = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1')

/** The first tokens of every subject. */
export const subjectPrefix = z.string().regex(/^[^\s.*>]+(\.[^\s.*>]+)*$/, 'subject tokens without wildcards')

const settings = {
  NATS_URL: z.string(),
  NATS_USER: z.string(),
  NATS_PASS: z.string(),
  NATS_CREDS: z.string(),
  NATS_INBOX_PREFIX: subjectPrefix,
  NATS_SUBJECT_PREFIX: subjectPrefix,
  SERVICE_NAME: z.string().max(200),
  OTEL_SERVICE_NAME: z.string().max(200),
  SERVICE_VERSION: z.string().max(200),
  NODE_ENV: z.string().max(200),
  PROMETHEUS_ENABLED: flag,
  PROMETHEUS_PORT: z.coerce.number().int().min(0).max(65_535),
  PROMETHEUS_PATH: z.string().regex(/^\//, 'a path that begins with /'),
} as const

type Settings = { [K in keyof typeof settings]: z.infer<(typeof settings)[K]> }
export type Environment = Partial<Settings>

/**
 * The environment of the application, as far as it concerns us. A variable that cannot be read is left out and
 * described in `faults`: an application must not fail to start because of its monitoring.
 */
export function readEnv(env: NodeJS.ProcessEnv = process.env): {
  readonly environment: Environment
  readonly faults: readonly string[]
} {
  const read: Record<string, unknown> = {}
  const faults: string[] = []
  for (const [name, schema] of Object.entries(settings)) {
    const text = env[name]
    if (text === undefined || text === '') continue
    const { success, data, error } = schema.safeParse(text)
    if (success) read[name] = data
    else faults.push(`${name} is ignored: ${error.issues[0]?.message ?? 'not valid'}`)
  }
  return { environment: read as Environment, faults }
}
