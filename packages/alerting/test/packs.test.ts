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
