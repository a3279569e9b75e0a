import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram, freePort, type GuardedProcess, probeHttp, spawnGuarded } from '@tocsin/servers'
import { waitFor } from '@tocsin/testkit'
import type { Contender } from './contender.ts'
import type { RuleLoad } from './load.ts'
import { countFiring, scrapeConfig, versionOf } from './prometheus-side.ts'

export const VICTORIA_MISSING =
  'vmalert + VictoriaMetrics: left out, they are not installed (Debian, Ubuntu: apt-get install victoria-metrics)'

/** VictoriaMetrics twice, scraping as Prometheus does, and vmalert on one of them; undefined when not installed. */
export async function startVictoriaSide(load: RuleLoad, target: string): Promise<Contender | undefined> {
  const [victoria, vmalert] = [findProgram(['victoria-metrics']), findProgram(['vmalert'])]
  if (!victoria || !vmalert) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  const [scrape, rules] = [join(folder, 'scrape.yml'), join(folder, 'rules.yml')]
  // It refuses what it does not know.
  writeFileSync(scrape, scrapeConfig(target).replace(/ {2}evaluation_interval: .*\n/, ''))
  writeFileSync(rules, load.rules)

  const started: GuardedProcess[] = []
  const start = async (command: string, args: readonly string[]) => {
    const port = await freePort()
    const child = await spawnGuarded({ command, args: [...args, `-httpListenAddr=127.0.0.1:${port}`] })
    started.push(child)
    const url = `http://127.0.0.1:${port}`
    await waitFor(() => probeHttp(`${url}/health`).then(() => true), {
      what: `${command} at ${url}`,
      timeoutMs: 20_000,
    })
    return { pid: child.pid, url }
  }
  const store = (name: string) =>
    start(victoria, [
      `-storageDataPath=${join(folder, name)}`,
      `-promscrape.config=${scrape}`,
      // By default it looks only at samples that are 30 s old.
      '-search.latencyOffset=0s',
    ])
  const stop = async () => {
    for (const child of started.toReversed()) await child.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const [ruled, bare] = await Promise.all([store('ruled'), store('bare')])
    const alert = await start(vmalert, [
      `-datasource.url=${ruled.url}`,
      `-remoteWrite.url=${ruled.url}`,
      `-rule=${rules}`,
      '-evaluationInterval=5s',
      // It must have somebody to tell; the target answers whatever it is asked.
      `-notifier.url=http://${target}`,
    ])
    return {
      name: 'vmalert + VictoriaMetrics',
      version: versionOf(victoria, 'victoria-metrics'),
      withRules: () => [ruled.pid, alert.pid],
      withoutRules: () => [bare.pid],
      firing: () => countFiring(alert.url),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
