import { describe, expect, it } from 'vitest'
import { checkLayout } from './check-layout.ts'
import { checkQueries } from './check-queries.ts'
import { readDashboard } from './read-dashboard.ts'

const panel = (id: number, x: number, w: number, expr = 'up') => ({
  id,
  type: 'timeseries',
  title: `panel ${id}`,
  gridPos: { x, y: 0, w, h: 8 },
  targets: [{ refId: 'A', expr }],
})
const dashboard = (...panels: object[]) => readDashboard(JSON.stringify({ uid: 'a', title: 'A', panels }))

describe('the layout of a dashboard', () => {
  it.each([
    ['is in order', [panel(1, 0, 12), panel(2, 12, 12)], []],
    ['has two panels of one id', [panel(1, 0, 12), panel(1, 12, 12)], ['its id is that of']],
    ['overlaps', [panel(1, 0, 13), panel(2, 12, 12)], ['overlaps']],
    ['leaves the grid', [panel(1, 20, 12)], ['does not lie within']],
    ['has a panel without a place', [{ id: 1, type: 'stat' }], ['has no place']],
  ])('%s', (_, panels, reasons) => {
    const faults = checkLayout(dashboard(...panels))
    expect(faults).toHaveLength(reasons.length)
    for (const [index, reason] of reasons.entries()) expect(faults[index]).toContain(reason)
  })
})

describe('the queries of a dashboard', () => {
  it.each([
    ['that do not parse are faults', 'sum(', 'faults', 'panel 1, A: '],
    ['that use a variable which nobody defines are faults', 'a{b="$c"}', 'faults', '$c'],
    [
      'that ask for what the catalogue has not are strangers',
      'http_request_total',
      'strangers',
      'no such metric',
    ],
    [
      'that ask for a label which the metric has not are strangers',
      'http_requests_total{rute="/"}',
      'strangers',
      'rute',
    ],
  ] as const)('%s', (_, expr, where, text) => {
    const checked = checkQueries(dashboard(panel(1, 0, 12, expr)))
    expect(checked[where].join()).toContain(text)
    expect(checked[where === 'faults' ? 'strangers' : 'faults']).toEqual([])
  })

  it('of other data sources are left alone', () => {
    const loki = { ...panel(1, 0, 12, '{app="shop"} |= "error"'), datasource: { type: 'loki', uid: 'x' } }
    expect(checkQueries(dashboard(loki))).toEqual({ faults: [], strangers: [] })
  })
})

describe('a file', () => {
  it.each([
    ['no JSON', '{', 'is not JSON'],
    ['something else', '{"panels": 3}', 'is no dashboard: title'],
    ['the new format', '{"title": "a", "elements": {}}', 'v2'],
  ])('that is %s is refused with the reason', (_, text, reason) => {
    expect(() => readDashboard(text)).toThrow(reason)
  })
})
