import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadRunbook } from '@tocsin/rules'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkLayout } from '../src/check/check-layout.ts'
import { checkQueries } from '../src/check/check-queries.ts'
import { queriesOf } from '../src/check/dashboard-queries.ts'
import { panelsOf, readDashboard } from '../src/check/read-dashboard.ts'
import { dashboardFiles, provisioningFiles } from '../src/generated-files.ts'
import { defaultOptions } from '../src/options.ts'
import { type CheckSchema, createSchemaChecks } from './dashboard-schema.ts'

const root = join(import.meta.dirname, '..')
const files = dashboardFiles(defaultOptions)
const dashboards = files.map(({ path, text }) => ({ path, text, dashboard: readDashboard(text) }))

describe('the dashboards', () => {
  it('are those of the brief, and one of Tocsin itself', () => {
    expect(dashboards.map(({ dashboard }) => dashboard.title)).toEqual([
      'System Overview',
      'Database Performance',
      'Agent Executions',
      'System Health',
      'SLA Monitoring',
      'Capacity Planning',
      'Tocsin',
    ])
  })

  it('are committed as they are made, with their provisioning', () => {
    for (const { path, text } of files)
      expect(readFileSync(join(root, 'dashboards', path), 'utf8'), path).toBe(text)
    for (const { path, text } of provisioningFiles(defaultOptions))
      expect(readFileSync(join(root, 'provisioning', path), 'utf8'), path).toBe(text)
  })

  it('have names of their own', () => {
    const uids = dashboards.map(({ dashboard }) => dashboard.uid ?? '')
    expect(new Set(uids).size).toBe(uids.length)
    // Grafana takes up to 40 characters.
    for (const uid of uids) expect(uid).toMatch(/^[a-z0-9-]{1,40}$/)
  })
})

describe.each(dashboards)('$path', ({ dashboard, text }) => {
  it('has panels with ids of their own, that lie on the grid and overlap nowhere', () => {
    expect(checkLayout(dashboard)).toEqual([])
  })

  it('asks only for metrics of the catalogue, by labels that they have', () => {
    expect(checkQueries(dashboard)).toEqual({ faults: [], strangers: [] })
  })

  it('says of every panel what it shows, and asks the data source that was chosen', () => {
    for (const panel of panelsOf(dashboard).filter(({ type }) => type !== 'row')) {
      expect(panel.description, panel.title).toMatch(/\.$/)
      if (panel.type !== 'alertlist')
        expect(panel.datasource, panel.title).toEqual({ type: 'prometheus', uid: '${datasource}' })
    }
    expect(queriesOf(dashboard).length).toBeGreaterThan(10)
  })

  it('leads to runbooks that exist, and to dashboards that exist', () => {
    for (const [, pack = '', alert = ''] of text.matchAll(/\$\{runbooks\}\/([\w-]+)\/(\w+)/g))
      expect(loadRunbook(pack, alert), `${pack}/${alert}`).toBeDefined()
    const uids = dashboards.map((other) => other.dashboard.uid)
    for (const [, uid] of text.matchAll(/"\/d\/([\w-]+)\?/g)) expect(uids).toContain(uid)
  })
})

describe('Grafana’s own types', () => {
  let checks: { readonly strict: CheckSchema; readonly grafana: CheckSchema }
  beforeAll(() => {
    checks = createSchemaChecks()
  }, 120_000)

  it.each(dashboards)('hold for $path, to the last field', ({ text }) => {
    expect(checks.strict(JSON.parse(text))).toEqual([])
    expect(checks.grafana(JSON.parse(text))).toEqual([])
  })

  it('refuse what is not theirs', () => {
    const spoilt = JSON.parse(dashboards[0]?.text ?? '')
    spoilt.panels[1].options.graphMode = 'sideways'
    spoilt.panels[2].gridPos.wide = true
    spoilt.refresh = 30
    expect(checks.strict(spoilt)).toHaveLength(3)
    expect(checks.grafana(spoilt).join()).toContain('/refresh: must be string')
  })
})
