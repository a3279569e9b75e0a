import { createSubjects, DEFAULT_PREFIX } from '@tocsin/contract'
import { z } from 'zod'
import { envVar } from './env-var.ts'

const MiB = 1024 * 1024
const natsServer = envVar.url('nats', 'tls', 'ws', 'wss')

/** The variables that every service knows; spread it into the service's own `z.object({ ...baseEnv, … })`. */
export const baseEnv = {
  /** One server, or several of one cluster between commas. */
  NATS_URL: envVar.list
    .pipe(z.array(natsServer).min(1, 'a URL such as nats://localhost:4222'))
    .default(['nats://localhost:4222']),
  NATS_USER: envVar.text.optional(),
  NATS_PASS: envVar.secret.optional(),
  /** A credentials file, as `nsc` makes it. */
  NATS_CREDS: envVar.path.optional(),
  /** Where answers come in. A prefix of its own lets permissions keep other users of the server from reading them. */
  NATS_INBOX_PREFIX: z
    .string()
    .refine(isPrefix, { error: 'subject tokens without wildcards, such as _INBOX_collector' })
    .default('_INBOX'),
  NATS_REPLICAS: envVar.integer(1, 5).default(1),
  NATS_SUBJECT_PREFIX: z
    .string()
    .refine(isPrefix, { error: 'subject tokens without wildcards, such as monitoring' })
    .default(DEFAULT_PREFIX),
  REDIS_URL: envVar.url('redis', 'rediss').default('redis://localhost:6379'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** Unset: readable on a terminal, JSON elsewhere. */
  LOG_PRETTY: envVar.boolean.optional(),
  NODE_ENV: envVar.text.default('development'),
  /** The address that HTTP listens on; unset: every one. */
  HTTP_HOST: envVar.text.optional(),
  /** What /metrics asks of its readers, and what is sent to PROMETHEUS_URL; unset: nothing. */
  PROMETHEUS_AUTH_USER: envVar.text.optional(),
  PROMETHEUS_AUTH_PASS: envVar.secret.optional(),
  PROMETHEUS_AUTH_TOKEN: envVar.secret.optional(),
  /** A longer message is refused as too_large. Bytes. */
  MAX_EVENT_BYTES: envVar.integer(1024, 64 * MiB).default(MiB),
  /** How often a service publishes its own metrics; 0: never. Milliseconds. */
  SELF_METRICS_INTERVAL: envVar.duration
    .refine((ms) => ms === 0 || ms >= 100, { error: 'a duration of at least 100ms, or 0 for never' })
    .default(15_000),
  OTEL_EXPORTER_OTLP_ENDPOINT: envVar.url().optional(),
}

const baseSchema = z.object(baseEnv)
export type BaseEnv = z.infer<typeof baseSchema>

function isPrefix(prefix: string): boolean {
  try {
    createSubjects(prefix)
    return true
  } catch {
    return false
  }
}
