import { z } from 'zod'
import { checks, flag, neededText, onlyOne, text } from './settings/fields.ts'
import { tlsConfig } from './settings/tls-config.ts'

const headerName = z.string().regex(/^[!-9;-~]+$/, 'the name of a mail header, without spaces')
const smarthost = neededText('smarthost', 'global.smtp_smarthost').refine(
  (given) => readSmarthost(given) !== undefined,
  'the mail server and its port, such as smtp.example.com:587',
)

/** One item of `email_configs`. */
export const emailSettings = z
  .strictObject({
    /** Addresses between commas. */
    to: text.refine((given) => given.trim() !== '', 'an address, or several between commas'),
    from: neededText('from', 'global.smtp_from'),
    smarthost,
    /** How we call ourselves to the server. */
    hello: text.optional(),
    auth_username: text.optional(),
    auth_password: text.optional(),
    auth_password_file: text.optional(),
    /** CRAM-MD5's secret. */
    auth_secret: text.optional(),
    auth_secret_file: text.optional(),
    auth_identity: text.optional(),
    /** TLS from STARTTLS on, or no mail at all. */
    require_tls: flag.default(true),
    /** TLS from the first byte on. Unset: on port 465. */
    force_implicit_tls: flag.optional(),
    tls_config: tlsConfig.optional(),
    headers: z.record(headerName, text).optional(),
    html: text.optional(),
    text: text.optional(),
  })
  .superRefine(
    checks(
      onlyOne('auth_password', 'auth_password_file'),
      onlyOne('auth_secret', 'auth_secret_file'),
      (given, ctx) => {
        const { auth_identity: identity, auth_username: user } = given
        if (identity === undefined || identity === '' || identity === user) return
        const message = 'cannot differ from auth_username: remove it, or name the user who sends'
        ctx.addIssue({ code: 'custom', path: ['auth_identity'], message })
      },
    ),
  )
export type EmailSettings = z.infer<typeof emailSettings>

export const emailGlobals = {
  smtp_from: { field: 'from', schema: text },
  smtp_smarthost: { field: 'smarthost', schema: smarthost },
  smtp_hello: { field: 'hello', schema: text },
  smtp_auth_username: { field: 'auth_username', schema: text },
  smtp_auth_password: { field: 'auth_password', schema: text },
  smtp_auth_password_file: { field: 'auth_password_file', schema: text },
  smtp_auth_secret: { field: 'auth_secret', schema: text },
  smtp_auth_secret_file: { field: 'auth_secret_file', schema: text },
  smtp_auth_identity: { field: 'auth_identity', schema: text },
  smtp_require_tls: { field: 'require_tls', schema: flag },
  smtp_force_implicit_tls: { field: 'force_implicit_tls', schema: flag },
  smtp_tls_config: { field: 'tls_config', schema: tlsConfig },
}

/** `host:port`, `[::1]:port`; undefined for anything else. */
export function readSmarthost(given: string): { readonly host: string; readonly port: number } | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^\s:]+)):(\d{1,5})$/.exec(given.trim()) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  return host === undefined || port > 65_535 ? undefined : { host, port }
}
