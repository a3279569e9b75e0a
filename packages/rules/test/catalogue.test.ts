import { metricCatalogue, metricGroups } from '@tocsin/contract'
import { expect, test } from 'vitest'
import { checkExpression, checkRules, knownMetrics, loadPacks } from '../src/mod.ts'

const known = knownMetrics(metricCatalogue)

test('the shipped packs ask for metrics and labels that the catalogue has', () => {
  expect(checkRules(loadPacks(), known)).toEqual([])
})

test.each(metricGroups.flatMap(({ title, examples }) => examples.map((example) => ({ title, ...example }))))(
  'the example asks for what the catalogue has: $title, $question',
  ({ query }) => {
    expect(checkExpression(query, known).faults).toEqual([])
  },
)
