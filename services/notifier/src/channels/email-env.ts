import { EnvError, envVar } from '@tocsin/runtime'
import type { z } from 'zod'
import type { EnvironmentChannel } from './channel-kind.ts'
import { email } from './email.ts'
import type { EmailSettings } from './email-settings.ts'

const env = {
  /** Unset: on when SMTP_HOST and EMAIL_TO are set. */
  EMAIL_NOTIFICATIONS_ENABLED: envVar.boolean.optional(),
  SMTP_HOST: envVar.text.optional(),
  SMTP_PORT: envVar.port.default(587),
  /** TLS from the first byte (port 465); otherwise STARTTLS where the server offers it. */
  SMTP_SECURE: envVar.boolean.default(false),
  SMTP_USER: envVar.text.optional(),
  SMTP_PASS: envVar.secret.optional(),
  EMAIL_FROM: envVar.text.optional(),
  EMAIL_TO: envVar.list.default([]),
}

/** The e-mail of the environment. */
export const emailOfEnv: EnvironmentChannel<typeof env, EmailSettings> = {
  definition: email,
  env,
  read(given) {
    const { SMTP_HOST: host, SMTP_USER: user, SMTP_PASS: pass } = given
    if (!isWanted(given) || host === undefined) return undefined
    const bare = host.replace(/^\[|\]$/g, '')
    return email.settings.parse({
      to: given.EMAIL_TO.join(', '),
      from: given.EMAIL_FROM ?? (user?.includes('@') ? user : 'tocsin@localhost'),
      smarthost: `${bare.includes(':') ? `[${bare}]` : bare}:${given.SMTP_PORT}`,
      require_tls: false,
      force_implicit_tls: given.SMTP_SECURE,
      ...(user !== undefined && { auth_username: user, auth_password: pass ?? '' }),
    })
  },
}

function isWanted(given: z.infer<z.ZodObject<typeof env>>): boolean {
  const { EMAIL_NOTIFICATIONS_ENABLED: enabled, SMTP_HOST: host, EMAIL_TO: to } = given
  if (enabled !== true) return enabled === undefined && host !== undefined && to.length > 0
  const faults = [
    ...(host === undefined
      ? [{ name: 'SMTP_HOST', expected: 'the mail server, since EMAIL_NOTIFICATIONS_ENABLED is true' }]
      : []),
    ...(to.length === 0
      ? [{ name: 'EMAIL_TO', expected: 'at least one address, since EMAIL_NOTIFICATIONS_ENABLED is true' }]
      : []),
  ]
  if (faults.length > 0) throw new EnvError(faults.map((fault) => ({ ...fault, given: undefined })))
  return true
}
