import type { CliEnv } from '../env.ts'
import { CliError } from '../errors.ts'
import type { Backend } from './ask-backend.ts'

/** What of the environment says whom to ask. */
export type BackendEnv = Pick<CliEnv, 'PROMETHEUS_URL' | 'PROMETHEUS_PORT' | 'reach'>

/** `--url`, else PROMETHEUS_URL, else the collector of this machine. @throws {CliError} `bad-usage`, `bad-environment` */
export function chooseBackend(flag: string | undefined, env: BackendEnv): Backend {
  if (flag !== undefined) {
    if (!isHttp(flag)) throw new CliError('bad-usage', `--url ${flag} is not an http or https URL`)
    return { url: flag, advice: 'is --url right?' }
  }
  const given = env.PROMETHEUS_URL
  if (given !== undefined) {
    if (!isHttp(given)) throw new CliError('bad-environment', `PROMETHEUS_URL is not an http or https URL`)
    return { url: given, advice: 'is PROMETHEUS_URL right?' }
  }
  return {
    url: `http://${env.reach}:${env.PROMETHEUS_PORT}`,
    advice: 'does the collector run? `npm start` starts it; --url or PROMETHEUS_URL names another Prometheus',
  }
}

const isHttp = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? '')
