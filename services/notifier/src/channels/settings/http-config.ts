import { z } from 'zod'
import { checks, flag, needs, onlyOne, text, unsupported, webUrl } from './fields.ts'
import { oauth2 } from './oauth2.ts'
import { tlsConfig } from './tls-config.ts'

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'a header name, without spaces')
const headerValue = text.refine((value) => !/[\r\n\0]/.test(value), 'a header value, without line breaks')

const basicAuth = z
  .strictObject({
    username: text.optional(),
    username_file: text.optional(),
    password: text.optional(),
    password_file: text.optional(),
  })
  .superRefine(checks(onlyOne('username', 'username_file'), onlyOne('password', 'password_file')))

const authorization = z
  .strictObject({
    type: text.default('Bearer'),
    credentials: text.optional(),
    credentials_file: text.optional(),
  })
  .superRefine(
    checks(
      needs(['credentials', 'credentials_file']),
      onlyOne('credentials', 'credentials_file'),
      (given, ctx) => {
        if (String(given['type']).toLowerCase() === 'basic')
          ctx.addIssue({ code: 'custom', path: ['type'], message: 'cannot be Basic: use basic_auth' })
      },
    ),
  )

const httpHeaders = z.record(
  headerName,
  z.strictObject({
    values: z.array(headerValue).optional(),
    secrets: z.array(headerValue).optional(),
    files: z.array(text).optional(),
  }),
)

/** Alertmanager's `http_config`, and `headers` for the simple case. */
export const httpConfig = z
  .strictObject({
    basic_auth: basicAuth.optional(),
    authorization: authorization.optional(),
    bearer_token: text.optional(),
    bearer_token_file: text.optional(),
    oauth2: oauth2.optional(),
    proxy_url: webUrl.optional(),
    no_proxy: text.optional(),
    proxy_from_environment: flag.optional(),
    proxy_connect_header: unsupported('use a proxy that needs none, or a login in proxy_url'),
    tls_config: tlsConfig.optional(),
    follow_redirects: flag.default(true),
    /** HTTP/1.1 is spoken either way, which every service takes. */
    enable_http2: flag.optional(),
    http_headers: httpHeaders.optional(),
    headers: z.record(headerName, headerValue).optional(),
  })
  .superRefine(
    checks(
      onlyOne('basic_auth', 'authorization', 'bearer_token', 'bearer_token_file', 'oauth2'),
      onlyOne('proxy_url', 'proxy_from_environment'),
      (given, ctx) => {
        if (given['oauth2'] === undefined) return
        for (const field of ['headers', 'http_headers'])
          for (const name of Object.keys(given[field] ?? {}))
            if (name.toLowerCase() === 'authorization')
              ctx.addIssue({
                code: 'custom',
                path: [field, name],
                message: 'stands beside oauth2: set one of them',
              })
      },
    ),
  )
export type HttpConfig = z.infer<typeof httpConfig>
