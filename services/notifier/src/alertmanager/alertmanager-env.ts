import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { EnvError, envVar, messageOf } from '@tocsin/runtime'
import { z } from 'zod'

/** Which Alertmanagers are told of alerts, and how. Durations in milliseconds. */
export const alertmanagerEnv = {
  /** Unset: when `ALERT_MANAGER_URL` is set. */
  ALERT_MANAGER_ENABLED: envVar.boolean.optional(),
  /** One, or several between commas: each is told everything, and one that takes an alert is enough. */
  ALERT_MANAGER_URL: envVar.list
    .pipe(z.array(envVar.url()).min(1, 'a URL such as http://localhost:9093'))
    .optional(),
  ALERT_MANAGER_USER: envVar.text.optional(),
  ALERT_MANAGER_PASS: envVar.secret.optional(),
  ALERT_MANAGER_TOKEN: envVar.secret.optional(),
  /** PEM files: who signs Alertmanager's certificate, and what we show it. */
  ALERT_MANAGER_CA: envVar.path.optional(),
  ALERT_MANAGER_CERT: envVar.path.optional(),
  ALERT_MANAGER_KEY: envVar.path.optional(),
  ALERT_MANAGER_TIMEOUT: envVar.period.default(10_000),
  ALERT_MANAGER_RESEND: envVar.period.default(60_000),
  /** An alert that no Alertmanager has taken by then is told directly. */
  ALERT_MANAGER_FALLBACK_AFTER: envVar.duration.default(5000),
  /** Until its first webhook: an alert that was taken, but not told by then, is told directly. 0: none is waited for. */
  ALERT_MANAGER_WEBHOOK_WITHIN: envVar.duration.default(60_000),
}
const schema = z.object(alertmanagerEnv)
export type AlertmanagerEnv = z.infer<typeof schema>

/** One Alertmanager. */
export interface Target {
  /** Where alerts are posted, without a login: also its name in metrics and the log. */
  readonly name: string
  readonly authorization: string | undefined
}

const DEFAULT_URL = 'http://localhost:9093'

/** The Alertmanagers that the environment names; none where they are not enabled. @throws {EnvError} for what contradicts itself */
export function readTargets(env: AlertmanagerEnv): readonly Target[] {
  const urls = env.ALERT_MANAGER_URL
  if (env.ALERT_MANAGER_ENABLED === false || (env.ALERT_MANAGER_ENABLED === undefined && !urls)) return []
  assertTogether(env, 'ALERT_MANAGER_USER', 'ALERT_MANAGER_PASS')
  assertTogether(env, 'ALERT_MANAGER_CERT', 'ALERT_MANAGER_KEY')
  if (env.ALERT_MANAGER_TOKEN !== undefined && env.ALERT_MANAGER_USER !== undefined)
    throw new EnvError([
      {
        name: 'ALERT_MANAGER_TOKEN',
        expected: 'to be unset where ALERT_MANAGER_USER is set: one login only',
        given: 'both',
      },
    ])
  const targets = (urls ?? [DEFAULT_URL]).map((url) => targetOf(url, env))
  return [...new Map(targets.map((target) => [target.name, target])).values()]
}

/** PEM files. */
export interface TlsPaths {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** The files that the environment names. @throws {EnvError} for one that cannot be used as what it is named for */
export async function readTlsPaths(env: AlertmanagerEnv): Promise<TlsPaths> {
  const { ALERT_MANAGER_CA: ca, ALERT_MANAGER_CERT: cert, ALERT_MANAGER_KEY: key } = env
  const read = async (name: string, path: string | undefined) => {
    if (path === undefined) return undefined
    return await readFile(path).catch((error: unknown) => {
      throw new EnvError([
        { name, expected: `a PEM file that can be read: ${messageOf(error)}`, given: path },
      ])
    })
  }
  const authority = await read('ALERT_MANAGER_CA', ca)
  const own = { cert: await read('ALERT_MANAGER_CERT', cert), key: await read('ALERT_MANAGER_KEY', key) }
  const check = (name: string, context: Parameters<typeof createSecureContext>[0]) => {
    try {
      createSecureContext(context)
    } catch (error) {
      throw new EnvError([{ name, expected: `PEM that fits: ${messageOf(error)}`, given: 'another' }])
    }
  }
  if (authority) check('ALERT_MANAGER_CA', { ca: authority })
  if (own.cert && own.key) check('ALERT_MANAGER_CERT', { cert: own.cert, key: own.key })
  return { ca, cert, key }
}

function targetOf(text: string, env: AlertmanagerEnv): Target {
  const url = new URL(text)
  const own = url.username === '' && url.password === '' ? undefined : [url.username, url.password]
  url.username = ''
  url.password = ''
  url.hash = ''
  url.search = ''
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v2/alerts`
  const given =
    env.ALERT_MANAGER_USER === undefined ? undefined : [env.ALERT_MANAGER_USER, env.ALERT_MANAGER_PASS ?? '']
  const login = own?.map(decodeURIComponent) ?? given
  const basic = login && `Basic ${Buffer.from(login.join(':')).toString('base64')}`
  const bearer = env.ALERT_MANAGER_TOKEN === undefined ? undefined : `Bearer ${env.ALERT_MANAGER_TOKEN}`
  return { name: url.href, authorization: basic ?? bearer }
}

function assertTogether(
  env: AlertmanagerEnv,
  one: keyof AlertmanagerEnv,
  other: keyof AlertmanagerEnv,
): void {
  if ((env[one] === undefined) === (env[other] === undefined)) return
  const [missing, present] = env[one] === undefined ? [one, other] : [other, one]
  throw new EnvError([{ name: missing, expected: `a value, since ${present} is set`, given: undefined }])
}
