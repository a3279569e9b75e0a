import { baseEnv, envVar } from '@tocsin/runtime'
import { z } from 'zod'
import { alertmanagerEnv } from './alertmanager/alertmanager-env.ts'
import { channelEnv } from './channels/registry.ts'
import { authEnv } from './http/auth-env.ts'
import { rateLimitText } from './limits/parse-rate-limit.ts'
import { silencesEnv } from './silences/silences-env.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** The notifier's environment; the channels state their own variables. Durations in milliseconds. */
export const notifierEnv = z.object({
  ...baseEnv,
  ...channelEnv,
  ...alertmanagerEnv,
  ...authEnv,
  ...silencesEnv,
  NOTIFIER_PORT: envVar.port.default(3002),
  /** Where people reach this notifier: the `externalURL` of what it sends. */
  NOTIFIER_EXTERNAL_URL: envVar.url().optional(),
  /** The policy in Alertmanager's format; unset: the default one, for the channels that the environment names. */
  NOTIFIER_CONFIG: envVar.text.optional(),
  NOTIFY_GROUP_WAIT: envVar.duration.default(10_000),
  NOTIFY_GROUP_INTERVAL: envVar.duration.default(10_000),
  NOTIFY_REPEAT_INTERVAL: envVar.period.default(HOUR),
  DIGEST_INTERVAL: envVar.period.default(15 * MINUTE),
  /** What each channel is told at most, beside what is critical; the rest joins its next digest. */
  NOTIFY_RATE_LIMIT: rateLimitText.optional(),
  /** How long a notification is tried before it becomes a dead letter. */
  NOTIFY_RETRY_FOR: envVar.duration.default(24 * HOUR),
  /** How long one attempt may take. */
  NOTIFY_SEND_TIMEOUT: envVar.period.default(10_000),
  /** The same webhook from Alertmanager within this time is a retry; later it is a repeat. */
  ALERTMANAGER_RETRY_WINDOW: envVar.duration.default(5 * MINUTE),
})
export type NotifierEnv = z.infer<typeof notifierEnv>
