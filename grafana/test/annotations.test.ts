import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findProgram } from '@tocsin/servers'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { deploymentAnnotation } from '../src/annotations.ts'

const { expr } = deploymentAnnotation().build()
const info = (service: string, version: string, instance: string) =>
  `tocsin_sdk_service_info{service="${service}", version="${version}", instance="${instance}"}`

/** What Prometheus makes of it, minute by minute: it has the words when something differs. */
async function prove(series: Readonly<Record<string, string>>, found: Readonly<Record<string, string[]>>) {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-annotations-'))
  const file = join(folder, 'test.yml')
  const input_series = Object.entries(series).map(([name, values]) => ({ series: name, values }))
  const promql_expr_test = Object.entries(found).map(([eval_time, labels]) => ({
    expr,
    eval_time,
    exp_samples: labels.map((one) => ({ labels: one, value: 1 })),
  }))
  const tests = [{ interval: '1m', input_series, promql_expr_test }]
  writeFileSync(file, stringify({ rule_files: [], tests }))
  try {
    const promtool = findProgram(['promtool']) ?? 'promtool: not installed'
    return (await promisify(execFile)(promtool, ['test', 'rules', file])).stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`${stdout}${stderr}`, { cause: error })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

it('marks another version of a service, once, while instances of both run', async () => {
  const series = {
    [info('shop', '1.0.0', 'a')]: '1x9 stale',
    [info('shop', '1.0.0', 'b')]: '1x6 stale',
    [info('shop', '1.1.0', 'c')]: '_x5 1x20',
    [info('shop', '1.1.0', 'd')]: '_x8 1x20',
  }
  const marked = ['{service="shop", version="1.1.0"}']
  const found = { '4m': [], '5m': marked, '6m': marked, '7m': [], '8m': [], '15m': [] }
  expect(await prove(series, found)).toContain('SUCCESS')
})

it('marks neither the first version of a service, nor more instances, nor a restart', async () => {
  const series = {
    [info('shop', '1.0.0', 'a')]: '1x4 stale _x1 1x20',
    [info('shop', '1.0.0', 'b')]: '1x30',
    [info('assistant', '2.0.0', 'c')]: '_x5 1x20',
  }
  const minutes = Array.from({ length: 15 }, (_, minute) => [`${minute}m`, []])
  expect(await prove(series, Object.fromEntries(minutes))).toContain('SUCCESS')
})
