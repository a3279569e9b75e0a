import { waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDashboard } from '../src/check/read-dashboard.ts'
import { dashboardFiles } from '../src/generated-files.ts'
import { defaultOptions } from '../src/options.ts'
import { SCRAPE_SECONDS } from '../src/provisioning/data-sources.ts'
import { type Answered, askDashboard } from './world/ask-dashboard.ts'
import { startWorld, type World } from './world/start-world.ts'

const dashboards = dashboardFiles(defaultOptions).map(({ path, text }) => ({
  path,
  dashboard: readDashboard(text),
}))

let world: World
beforeAll(async () => {
  world = await startWorld()
  await world.breakAndHeal()
}, 300_000)
afterAll(() => world?.stop(), 60_000)

const asked = (url: string, dashboard: (typeof dashboards)[number]['dashboard']) =>
  askDashboard(url, dashboard, { fromMs: world.since, toMs: Date.now(), scrapeMs: SCRAPE_SECONDS * 1000 })

const inWords = ({ query, expr, error }: Answered) =>
  `${query.where}, ${query.refId}: ${error ?? 'no data'}: ${expr}`

/** Deployments and restarts are rare: their annotations need not find any. */
const mayBeEmpty = ({ query }: Answered) => query.kind === 'annotation' && query.where !== 'annotation Alerts'

const lacking = (answers: readonly Answered[]) =>
  answers
    .filter((answer) => answer.error !== undefined || (answer.series.length === 0 && !mayBeEmpty(answer)))
    .map(inWords)

describe.each(dashboards)('$path, of a system under load that was broken for a while', ({ dashboard }) => {
  it.each(['prometheus', 'collector'] as const)(
    'has data in every panel, from the %s',
    async (source) => {
      let lacks: readonly string[] = []
      await waitFor(
        async () => {
          lacks = lacking(await asked(world[source].url, dashboard))
          return lacks.length === 0
        },
        { timeoutMs: 60_000 },
      ).catch(() => {})
      expect(lacks).toEqual([])
    },
    90_000,
  )
})

it('lists the alert’s rule where Grafana looks for rules', async () => {
  const response = await fetch(`${world.evaluator.url}/api/v1/rules?type=alert`)
  const { status, data } = (await response.json()) as {
    status: string
    data: { groups: { rules: { name: string }[] }[] }
  }
  expect(status).toBe('success')
  expect(data.groups.flatMap(({ rules }) => rules.map(({ name }) => name))).toContain('ShopErrorRate')
})
