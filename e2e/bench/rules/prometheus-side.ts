import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findServer } from '@tocsin/servers'
import { type Server, startPrometheus } from '@tocsin/testkit'
import type { Contender } from './contender.ts'
import type { RuleLoad } from './load.ts'

export interface PrometheusSide extends Contender {
  /** The one that has no rules. */
  readonly bare: Server
}

/** Prometheus twice, scraping the same target every 5 s; one evaluates the rules every 5 s. */
export async function startPrometheusSide(load: RuleLoad, target: string): Promise<PrometheusSide> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  const rules = join(folder, 'rules.yml')
  writeFileSync(rules, load.rules)
  const config = (files: readonly string[]) => `${scrapeConfig(target)}rule_files: ${JSON.stringify(files)}\n`
  const [ruled, bare] = await Promise.all([
    startPrometheus({ config: config([rules]) }),
    startPrometheus({ config: config([]) }),
  ])
  return {
    name: 'Prometheus',
    version: versionOf(findServer('prometheus') ?? 'prometheus'),
    withRules: () => [ruled.pid],
    withoutRules: () => [bare.pid],
    bare,
    firing: () => countFiring(ruled.url),
    async stop() {
      await Promise.all([ruled.stop(), bare.stop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Labels as exposed, so that all contenders hold the same series. */
export const scrapeConfig = (target: string): string => `global:
  scrape_interval: 5s
  scrape_timeout: 4s
  evaluation_interval: 5s
scrape_configs:
  - job_name: bench
    honor_labels: true
    static_configs: [{ targets: ['${target}'] }]
`

/** The number in what a program prints for `--version`, or that of its package: Debian builds some without. */
export function versionOf(program: string, debianPackage?: string): string {
  const number = /\d+\.\d+\.\d+/
  const printed = number.exec(run(program, ['--version']))
  const packaged = debianPackage ? number.exec(run('dpkg-query', ['-W', debianPackage])) : undefined
  return printed?.[0] ?? packaged?.[0] ?? '(version unknown)'
}

function run(program: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return `${stdout}${stderr}`
}

/** Firing alerts by an API as Prometheus has it. */
export async function countFiring(url: string): Promise<number> {
  const response = await fetch(`${url}/api/v1/alerts`)
  if (!response.ok) throw new Error(`${url}/api/v1/alerts: ${response.status} ${await response.text()}`)
  const { data } = (await response.json()) as { data: { alerts: { state: string }[] } }
  return data.alerts.filter(({ state }) => state === 'firing').length
}
