import { readFileSync } from 'node:fs'
import { loadPacks, packNames } from '@tocsin/rules'
import { describe, expect, test } from 'vitest'
import { parseTestFile, runTests } from '../src/mod.ts'

/** The same files that promtool runs in packages/rules. */
const fileOf = (pack: string) => new URL(`../../rules/test/packs/${pack}.test.yml`, import.meta.url)

describe.each(packNames())('the pack %s', (pack) => {
  const tests = parseTestFile(`${pack}.test.yml`, readFileSync(fileOf(pack), 'utf8'))
  const alerts = loadPacks([pack]).flatMap(({ rules }) =>
    rules.flatMap(({ kind, name }) => (kind === 'alerting' ? [name] : [])),
  )

  test('does what its tests say', () => {
    const failed = runTests(tests, loadPacks([pack])).filter(({ failures }) => failures.length > 0)
    expect(failed).toEqual([])
  })

  test('has a test of every alert: when it fires, and when it does not', () => {
    const cases = tests.tests.flatMap(({ alertTests }) => alertTests)
    const namesOf = (fires: boolean) =>
      new Set(cases.filter(({ expected }) => expected.length > 0 === fires).map(({ alertname }) => alertname))
    expect([...namesOf(true)].sort()).toEqual(alerts.toSorted())
    expect([...namesOf(false)].sort()).toEqual(alerts.toSorted())
  })
})

/** promtool has no policy for gaps, so this is not in the files above. */
test.each([
  [
    'sla',
    'ErrorBudgetSpent',
    'tocsin_slo_error_budget_remaining_ratio{slo="a"}',
    '-0.5x20 stale _x40 -0.5x20',
  ],
  [
    'sla',
    'ErrorBudgetNearlySpent',
    'tocsin_slo_error_budget_remaining_ratio{slo="a"}',
    '0.1x20 stale _x40 0.1x20',
  ],
  [
    'capacity',
    'CapacityUsedUp',
    'tocsin_capacity_utilization_ratio{resource="a"}',
    '0.97x20 stale _x40 0.97x20',
  ],
  ['tocsin', 'HealthCheckFails', 'tocsin_health_check_healthy{check="a"}', '0x20 stale _x40 0x20'],
  ['system', 'HighLoad', 'node_load1{instance="a"}', '9x20 stale _x10 9x20'],
])(
  'in the pack %s %s is no all-clear when its figures stop, as they do at a restart',
  (pack, alertname, series, values) => {
    const cpu = 'node_cpu_seconds_total{instance="a",mode="idle",cpu="0"}'
    const until = 20 + 1 + Number(/_x(\d+)/.exec(values)?.[1]) + 20
    const fires = Array.from({ length: until - 15 }, (_, i) => 15 + i)
    const text = `
rule_files: []
tests:
  - interval: 1m
    input_series:
      - { series: '${series}', values: '${values}' }
      - { series: '${cpu}', values: '1x100' }
    promql_expr_test:
${fires
  .map(
    (minute) => `      - expr: 'count(ALERTS{alertname="${alertname}",alertstate="firing"})'
        eval_time: ${minute}m
        exp_samples: [{ labels: '{}', value: 1 }]`,
  )
  .join('\n')}
`
    const results = runTests(parseTestFile('gap.test.yml', text), loadPacks([pack]))
    expect(results.flatMap(({ failures }) => failures)).toEqual([])
  },
)
