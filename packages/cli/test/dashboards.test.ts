import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Answer, failOnLeaks, type HttpSink, type ReceivedRequest, startHttpSink } from '@tocsin/testkit'
import pc from 'picocolors'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { runCheck } from '../src/dashboards/run-check.ts'
import { runExport } from '../src/dashboards/run-export.ts'
import { runImport } from '../src/dashboards/run-import.ts'

failOnLeaks({ beforeAll, afterAll })

// Grafana is in no package that a test could install: its API is answered here as its documentation says.
let grafana: HttpSink
let folder: string
let said: string[]
beforeAll(async () => {
  grafana = await startHttpSink()
})
afterAll(() => grafana?.stop())
beforeEach(() => {
  grafana.clear()
  grafana.answerWith(answerAsGrafana)
  folder = mkdtempSync(join(tmpdir(), 'tocsin-dashboards-'))
  said = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const json = (body: unknown, status = 200): Answer => ({ status, body: JSON.stringify(body) })

function answerAsGrafana({ method, path, headers }: ReceivedRequest): Answer {
  if (headers['authorization'] !== 'Bearer glsa_test') return json({ message: 'Invalid API key' }, 401)
  if (path === '/api/datasources/name/Prometheus')
    return json({ name: 'Prometheus', uid: 'P1', type: 'prometheus' })
  if (path === '/api/datasources/name/Loki') return json({ name: 'Loki', uid: 'L1', type: 'loki' })
  if (path.startsWith('/api/datasources/name/')) return json({ message: 'Data source not found' }, 404)
  if (path === '/api/datasources') return json([{ name: 'Prometheus', uid: 'P1', type: 'prometheus' }])
  if (method === 'POST' && path === '/api/folders')
    return json({ message: 'a folder with that uid exists already' }, 412)
  if (method === 'POST' && path === '/api/dashboards/db') return json({ status: 'success', version: 1 })
  return json({ message: 'Not found' }, 404)
}

const output = {
  print: (text: string) => void said.push(text),
  remark: (text: string) => void said.push(text),
  colors: pc.createColors(false),
  columns: 100,
}
const env = () => ({
  root: folder,
  reach: 'localhost',
  PROMETHEUS_PORT: 1,
  GRAFANA_ENABLED: true,
  GRAFANA_DASHBOARD_PATH: '.',
  GRAFANA_DATASOURCE: 'Prometheus',
  GRAFANA_URL: grafana.url,
  GRAFANA_TOKEN: 'glsa_test' as string | undefined,
})

interface Saved {
  readonly dashboard: {
    readonly id: number | null
    readonly uid: string
    readonly templating: { readonly list: readonly { readonly name: string; readonly current?: unknown }[] }
  }
  readonly folderUid: string
  readonly overwrite: boolean
}
const saved = () =>
  grafana.requests
    .filter(({ path }) => path === '/api/dashboards/db')
    .map((request) => request.json() as Saved)

describe('tocsin dashboards export', () => {
  it('writes every dashboard, for the data source and the runbooks that are named', () => {
    runExport(
      undefined,
      { runbooks: 'https://wiki/runbooks/' },
      { ...env(), GRAFANA_DATASOURCE: 'Mimir' },
      output,
    )
    expect(readdirSync(folder)).toHaveLength(7)
    const text = readFileSync(join(folder, 'system-overview.json'), 'utf8')
    expect(text).toContain('"value": "Mimir"')
    expect(text).toContain('"query": "https://wiki/runbooks"')
  })
})

describe('tocsin dashboards check', () => {
  it('takes what was exported', async () => {
    runExport(undefined, {}, env(), output)
    said = []
    expect(await runCheck(undefined, {}, env(), Date.now(), output)).toBe(0)
    expect(said).toHaveLength(7)
    expect(said.every((line) => line.startsWith('✓'))).toBe(true)
  })

  it('says what is wrong, file by file, and with a stranger only remarks upon it', async () => {
    const panel = (expr: string) => ({
      id: 1,
      type: 'stat',
      title: 'Rate',
      gridPos: { x: 0, y: 0, w: 30, h: 4 },
      targets: [{ refId: 'A', expr }],
    })
    writeFileSync(join(folder, 'a.json'), JSON.stringify({ uid: 'a', title: 'A', panels: [panel('sum(')] }))
    writeFileSync(
      join(folder, 'b.json'),
      JSON.stringify({ uid: 'b', title: 'B', panels: [panel('my_metric')] }),
    )
    writeFileSync(join(folder, 'c.json'), 'no JSON')
    expect(await runCheck(undefined, {}, env(), Date.now(), output)).toBe(1)
    const text = said.join('\n')
    expect(text).toContain('does not lie within the 24 columns')
    expect(text).toMatch(/✗ .*a\.json: Rate, A: .*sum\(/)
    expect(text).toMatch(/! .*b\.json: Rate, A: my_metric: no such metric is in the catalogue/)
    expect(text).toMatch(/✗ .*c\.json: is not JSON/)
  })

  it('asks whom it is told to, and says which panels have no data', async () => {
    const panels = [
      {
        id: 1,
        type: 'stat',
        title: 'Up',
        gridPos: { x: 0, y: 0, w: 4, h: 4 },
        targets: [{ refId: 'A', expr: 'active_users' }],
      },
    ]
    writeFileSync(join(folder, 'a.json'), JSON.stringify({ uid: 'a', title: 'A', panels }))
    grafana.answerWith(() => json({ status: 'success', data: { resultType: 'matrix', result: [] } }))
    expect(await runCheck(undefined, { url: grafana.url }, env(), Date.now(), output)).toBe(0)
    expect(grafana.requests[0]?.path).toBe('/api/v1/query_range')
    expect(said.join('\n')).toContain('Up, A: no data within 15 minutes: active_users')
  })

  it.each(['.', 'none'])('says what to do about a folder without dashboards (%s)', async (path) => {
    const checked = runCheck(undefined, {}, { ...env(), GRAFANA_DASHBOARD_PATH: path }, Date.now(), output)
    await expect(checked).rejects.toThrow(
      path === '.' ? 'tocsin dashboards export' : 'GRAFANA_DASHBOARD_PATH names it',
    )
  })
})

describe('tocsin dashboards import', () => {
  beforeEach(() => {
    runExport(undefined, {}, env(), output)
    said = []
  })

  it('puts every dashboard into the folder, asking the data source by its uid there', async () => {
    expect(await runImport(undefined, env(), output)).toBe(0)
    expect(saved()).toHaveLength(7)
    for (const { dashboard, folderUid, overwrite } of saved()) {
      expect({ id: dashboard.id, folderUid, overwrite }).toEqual({
        id: null,
        folderUid: 'tocsin',
        overwrite: true,
      })
      const variable = dashboard.templating.list.find(({ name }) => name === 'datasource')
      expect(variable?.current).toEqual({ text: 'Prometheus', value: 'P1', selected: true })
    }
    expect(said.join('\n')).toContain(`✓ SLA Monitoring: ${grafana.url}/d/tocsin-sla`)
  })

  it('fills in what a dashboard that was exported for sharing leaves open', async () => {
    for (const name of readdirSync(folder)) rmSync(join(folder, name))
    const shared = {
      __inputs: [{ name: 'DS_PROMETHEUS', type: 'datasource', pluginId: 'prometheus' }],
      uid: 'shared',
      title: 'Shared',
      panels: [{ id: 1, type: 'stat', datasource: { type: 'prometheus', uid: `\${DS_PROMETHEUS}` } }],
    }
    writeFileSync(join(folder, 'shared.json'), JSON.stringify(shared))
    expect(await runImport(undefined, env(), output)).toBe(0)
    expect(saved()[0]?.dashboard).toMatchObject({ panels: [{ datasource: { uid: 'P1' } }] })
    expect(saved()[0]?.dashboard).not.toHaveProperty('__inputs')
  })

  it('goes on after one that is not taken, and says so', async () => {
    writeFileSync(join(folder, 'z.json'), '{')
    grafana.answerWith((request) =>
      request.path === '/api/dashboards/db' && request.body.includes('"uid":"tocsin-sla"')
        ? json({ message: 'Cannot save provisioned dashboard' }, 400)
        : answerAsGrafana(request),
    )
    expect(await runImport(undefined, env(), output)).toBe(1)
    expect(said.filter((line) => line.startsWith('✓'))).toHaveLength(6)
    expect(said.join('\n')).toContain('Grafana reads it from files already')
    expect(said.join('\n')).toMatch(/✗ .*z\.json: is not JSON/)
  })

  it('finds the data source by its name where the login may not read data sources', async () => {
    grafana.answerWith((request) =>
      request.path.startsWith('/api/datasources')
        ? json({ message: 'denied' }, 403)
        : answerAsGrafana(request),
    )
    expect(await runImport(undefined, env(), output)).toBe(0)
    expect(said[0]).toContain('by its name')
  })

  it('does nothing while Grafana is switched off', async () => {
    expect(await runImport(undefined, { ...env(), GRAFANA_ENABLED: false }, output)).toBe(0)
    expect(grafana.requests).toEqual([])
    expect(said[0]).toContain('GRAFANA_ENABLED=false')
  })

  it.each([
    ['no token', { GRAFANA_TOKEN: undefined }, 'GRAFANA_TOKEN is not set'],
    ['a wrong token', { GRAFANA_TOKEN: 'glsa_other' }, 'does not accept the login'],
    ['no URL', { GRAFANA_URL: 'grafana' }, 'GRAFANA_URL is not an http or https URL'],
    ['nobody there', { GRAFANA_URL: 'http://127.0.0.1:1' }, 'is GRAFANA_URL right?'],
    ['another data source', { GRAFANA_DATASOURCE: 'Prom' }, 'GRAFANA_DATASOURCE may be Prometheus'],
    ['one of another type', { GRAFANA_DATASOURCE: 'Loki' }, 'is of type loki'],
  ])('says what to do with %s', async (_, change, advice) => {
    await expect(runImport(undefined, { ...env(), ...change }, output)).rejects.toThrow(advice)
    expect(saved()).toEqual([])
  })
})
