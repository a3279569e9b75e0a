import { join } from 'node:path'
import { provideServers, type ServerName, startNatsServer, startRedisServer } from '@tocsin/servers'
import type { CliEnv } from '../env.ts'
import type { LineSink, Part, RunningPart } from './part.ts'
import { whyNotReady } from './probe-part.ts'
import { startServerPart } from './server-part.ts'

export interface Provided {
  readonly part: Part
  /** Absent when the environment's own is used. */
  readonly running?: RunningPart
  readonly url: string
}

const hideSecrets = (url: string): string => url.replace(/\/\/[^@/]*@/g, '//…@')

const STORES = {
  nats: { title: 'NATS', variable: 'NATS_URL', port: 4222, start: startNatsServer },
  redis: { title: 'Redis', variable: 'REDIS_URL', port: 6379, start: startRedisServer },
} as const

async function provideStore(
  name: keyof typeof STORES,
  env: CliEnv,
  say: (line: string) => void,
  onLine: LineSink,
): Promise<Provided> {
  const { title, variable, port, start } = STORES[name]
  const url = env[variable]
  const trouble = url === undefined ? undefined : await whyNotReady(url, env)
  if (url !== undefined && trouble === undefined) {
    // The probe names the variable: a URL may hold a password, and the run file is not the place for it.
    const part: Part = {
      name,
      kind: 'server',
      where: hideSecrets(url),
      probe: `env:${variable}`,
      note: `yours, from ${variable}`,
    }
    return { url, part }
  }
  if (url !== undefined)
    say(`${variable} ${hideSecrets(url)} is not usable (${trouble}): starting a local ${title}`)
  await provideServers([name satisfies ServerName], { say })
  return startServerPart(name, start, {
    port,
    dataDir: join(env.home, name),
    onLine: (line) => onLine(name, line),
    why: url === undefined ? undefined : `${variable} does not answer: started here instead`,
  })
}

/** NATS and Redis: those that the environment names if they answer, else our own with their data under the home folder. */
export async function provideStores(
  env: CliEnv,
  say: (line: string) => void,
  onLine: LineSink,
): Promise<{ readonly nats: Provided; readonly redis: Provided }> {
  // One after the other: both may have to be installed, and a package manager takes one job at a time.
  const nats = await provideStore('nats', env, say, onLine)
  const redis = await provideStore('redis', env, say, onLine)
  return { nats, redis }
}
