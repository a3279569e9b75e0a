import { execFile } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { findProgram, repositoryRoot, SERVICES } from '@tocsin/servers'
import { afterAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'

const root = repositoryRoot()
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const packs = globSync('packages/rules/packs/*.yaml', { cwd: root }).map((path) => basename(path))

describe('the rules for the Prometheus operator', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-rules-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(packs)(
    '%s is the shipped pack, with runbooks that a cluster reaches, and Prometheus takes it',
    async (pack) => {
      const { spec } = parse(read(`deploy/kubernetes/prometheus-rules/${pack}`))
      const shipped = read(`packages/rules/packs/${pack}`)
      expect(spec).toEqual(parse(shipped.replaceAll('//localhost:3003/', '//alert-evaluator.tocsin:3003/')))
      const file = join(folder, pack)
      writeFileSync(file, stringify(spec))
      const promtool = findProgram(['promtool']) ?? 'promtool: not installed'
      const { stdout } = await promisify(execFile)(promtool, ['check', 'rules', file])
      expect(stdout).toContain('SUCCESS')
    },
  )

  it('are all of them', () => {
    const { resources } = parse(read('deploy/kubernetes/prometheus-rules/kustomization.yaml'))
    expect(resources.toSorted()).toEqual(packs.toSorted())
  })
})

describe('what Grafana’s sidecars load', () => {
  it('is every dashboard, each small enough to be applied', () => {
    const { configMapGenerator } = parse(read('grafana/kustomization.yaml')) as {
      configMapGenerator: { files: string[] }[]
    }
    const dashboards = globSync('dashboards/*.json', { cwd: join(root, 'grafana') })
    expect(configMapGenerator.flatMap(({ files }) => files).toSorted()).toEqual(dashboards.toSorted())
    // kubectl keeps what it applied in an annotation, which may have so many bytes.
    for (const path of dashboards)
      expect(JSON.stringify(read(`grafana/${path}`)).length).toBeLessThan(262_144)
  })

  it('is the data sources of compose.yaml, at the services of the base', () => {
    const { data } = parse(read('deploy/kubernetes/grafana/data-sources.yaml'))
    const { datasources } = parse(data['tocsin.yaml']) as { datasources: { uid: string; url: string }[] }
    expect(datasources.map(({ url }) => url)).toEqual([
      `http://alert-evaluator.tocsin:${SERVICES['alert-evaluator'].port}`,
      `http://notifier.tocsin:${SERVICES.notifier.port}`,
    ])
    const provisioned = read('grafana/provisioning/datasources/tocsin.yaml')
    expect(provisioned).toContain(`uid: ${datasources[0]?.uid}`)
  })
})
