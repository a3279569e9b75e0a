import { z } from 'zod'
import { checks, flag, neededText, neededUrl, needs, onlyOne, text, unsupported, webUrl } from './fields.ts'
import { tlsConfig } from './tls-config.ts'

/** Alertmanager's `oauth2`: a token that is asked for with credentials of our own, and shown with every call. */
export const oauth2 = z
  .strictObject({
    client_id: neededText('client_id'),
    client_secret: text.optional(),
    client_secret_file: text.optional(),
    token_url: neededUrl('token_url').refine(
      (url) => URL.parse(url)?.username === '' && URL.parse(url)?.password === '',
      'a URL without a login: set client_id and client_secret',
    ),
    scopes: z.array(text).default([]),
    /** More of what is asked with, such as `audience`. */
    endpoint_params: z.record(z.string(), text).default({}),
    tls_config: tlsConfig.optional(),
    proxy_url: webUrl.optional(),
    no_proxy: text.optional(),
    proxy_from_environment: flag.optional(),
    proxy_connect_header: unsupported('use a proxy that needs none, or a login in proxy_url'),
  })
  .superRefine(
    checks(
      needs(['client_secret', 'client_secret_file']),
      onlyOne('client_secret', 'client_secret_file'),
      onlyOne('proxy_url', 'proxy_from_environment'),
    ),
  )
export type OAuth2 = z.infer<typeof oauth2>
