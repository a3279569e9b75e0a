import { metricCatalogue } from '@tocsin/contract'
import { checkExpression, knownMetrics } from '@tocsin/rules'
import { expect, test } from 'vitest'
import { defaultResources } from './resource.ts'

const known = knownMetrics(metricCatalogue)

test.each(defaultResources)(
  '$name asks for what the catalogue has, and gets one number',
  ({ usage, limit }) => {
    for (const query of [usage, limit])
      expect(checkExpression(query, known)).toEqual({ faults: [], labels: new Set() })
  },
)
