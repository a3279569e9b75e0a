import { envVar } from '@tocsin/runtime'

/** Who may bring alerts and messages, and change silences; everybody who reaches the port, unless one of these is set. */
export const authEnv = {
  NOTIFIER_AUTH_TOKEN: envVar.secret.optional(),
  NOTIFIER_AUTH_USER: envVar.text.optional(),
  NOTIFIER_AUTH_PASS: envVar.secret.optional(),
  /** With it, a request may be signed instead. */
  NOTIFIER_HMAC_SECRET: envVar.secret.optional(),
  /** How far the time of a signature may be from ours. */
  NOTIFIER_HMAC_WINDOW: envVar.period.default(5 * 60_000),
}
