import { metricCatalogue } from '@tocsin/contract'
import { checkExpression, knownMetrics } from '@tocsin/rules'
import { expect, test } from 'vitest'
import { defaultObjectives } from './objective.ts'

const known = knownMetrics(metricCatalogue)

test.each(defaultObjectives)(
  '$name asks for what the catalogue has, and gets one number',
  ({ good, total }) => {
    for (const query of [good, total])
      expect(checkExpression(query.replaceAll('$range', '1h'), known)).toEqual({
        faults: [],
        labels: new Set(),
      })
  },
)
