import type { CliEnv } from '../env.ts'
import { CliError } from '../errors.ts'
import type { Backend } from './ask-backend.ts'

/** The login for readers of metrics. */
export interface LoginEnv {
  readonly PROMETHEUS_AUTH_USER?: string | undefined
  readonly PROMETHEUS_AUTH_PASS?: string | undefined
  readonly PROMETHEUS_AUTH_TOKEN?: string | undefined
}

/** What of the environment says whom to ask, and with which login. */
export type BackendEnv = Pick<CliEnv, 'PROMETHEUS_URL' | 'PROMETHEUS_PORT' | 'reach' | keyof LoginEnv>

/** `--url`, else PROMETHEUS_URL, else the collector of this machine. @throws {CliError} `bad-usage`, `bad-environment` */
export function chooseBackend(flag: string | undefined, env: BackendEnv): Backend {
  if (flag !== undefined) {
    if (!isHttp(flag)) throw new CliError('bad-usage', `--url ${flag} is not an http or https URL`)
    // A login is for whom the environment names, not for whoever the command line does.
    return { url: flag, headers: {}, advice: 'is --url right?' }
  }
  const headers = loginHeaders(env)
  const given = env.PROMETHEUS_URL
  if (given !== undefined) {
    if (!isHttp(given)) throw new CliError('bad-environment', `PROMETHEUS_URL is not an http or https URL`)
    return { url: given, headers, advice: 'is PROMETHEUS_URL right?' }
  }
  return {
    headers,
    url: `http://${env.reach}:${env.PROMETHEUS_PORT}`,
    advice: 'does the collector run? `npm start` starts it; --url or PROMETHEUS_URL names another Prometheus',
  }
}

/** The login that the environment names, as a header. */
export function loginHeaders(env: LoginEnv): Readonly<Record<string, string>> {
  const { PROMETHEUS_AUTH_USER: user, PROMETHEUS_AUTH_PASS: pass, PROMETHEUS_AUTH_TOKEN: token } = env
  if (token !== undefined) return { authorization: `Bearer ${token}` }
  if (user === undefined) return {}
  return { authorization: `Basic ${Buffer.from(`${user}:${pass ?? ''}`).toString('base64')}` }
}

export const isHttp = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? '')
