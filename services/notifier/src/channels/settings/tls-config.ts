import { readFile } from 'node:fs/promises'
import type { SecureVersion } from 'node:tls'
import { CodedError, messageOf } from '@tocsin/runtime'
import { z } from 'zod'
import { checks, flag, onlyOne, text } from './fields.ts'

const versions: Readonly<Record<string, SecureVersion>> = {
  TLS10: 'TLSv1',
  TLS11: 'TLSv1.1',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
}
const version = z.enum(['TLS10', 'TLS11', 'TLS12', 'TLS13'])

/** Alertmanager's `tls_config`: whom we trust, and what we show of ourselves. */
export const tlsConfig = z
  .strictObject({
    ca: text.optional(),
    ca_file: text.optional(),
    cert: text.optional(),
    cert_file: text.optional(),
    key: text.optional(),
    key_file: text.optional(),
    server_name: text.optional(),
    insecure_skip_verify: flag.optional(),
    min_version: version.optional(),
    max_version: version.optional(),
  })
  .superRefine(
    checks(
      onlyOne('ca', 'ca_file'),
      onlyOne('cert', 'cert_file'),
      onlyOne('key', 'key_file'),
      (given, ctx) => {
        const cert = given['cert'] ?? given['cert_file']
        const key = given['key'] ?? given['key_file']
        if ((cert === undefined) === (key === undefined)) return
        const [path, other] = cert === undefined ? ['cert_file', 'key'] : ['key_file', 'certificate']
        ctx.addIssue({ code: 'custom', path: [path], message: `is missing: the ${other} is set` })
      },
    ),
  )
export type TlsConfig = z.infer<typeof tlsConfig>

/** Options of node:tls. */
export interface TlsOptions {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly servername?: string
  readonly rejectUnauthorized?: boolean
  readonly minVersion?: SecureVersion
  readonly maxVersion?: SecureVersion
}

/** Reads the files that it names. @throws {CodedError} `secret_file` for one that cannot be read */
export async function readTls(config: TlsConfig | undefined): Promise<TlsOptions> {
  if (config === undefined) return {}
  const pem = async (value: string | undefined, path: string | undefined) =>
    value ?? (path === undefined ? undefined : await readSecretFile(path))
  const [ca, cert, key] = await Promise.all([
    pem(config.ca, config.ca_file),
    pem(config.cert, config.cert_file),
    pem(config.key, config.key_file),
  ])
  const minVersion = versions[config.min_version ?? '']
  const maxVersion = versions[config.max_version ?? '']
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(config.server_name && { servername: config.server_name }),
    ...(config.insecure_skip_verify && { rejectUnauthorized: false }),
    ...(minVersion && { minVersion }),
    ...(maxVersion && { maxVersion }),
  }
}

/** The text of a file that holds a secret. @throws {CodedError} `secret_file`, worth another try once it is mended */
export async function readSecretFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const message = `the file ${path} cannot be read: ${messageOf(error)}`
    throw new CodedError('secret_file', message, { retryable: true, cause: error })
  }
}
