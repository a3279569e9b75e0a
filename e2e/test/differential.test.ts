import { expect, test } from 'vitest'
import { FUNCTIONS } from '../differential/generate-calls.ts'
import { OPERATIONS } from '../differential/generate-operations.ts'
import { runDifferential } from '../differential/run-differential.ts'

const RUNS = 2000

test('Tocsin and a real Prometheus answer generated queries alike, over the same data', async () => {
  const { answered, known, features } = await runDifferential({ seed: 42, runs: RUNS })
  // Each query is asked twice. Agreement on nothing, or by exception, would say little.
  expect(answered).toBeGreaterThan(RUNS)
  expect([...known.values()].reduce((sum, count) => sum + count, 0)).toBeLessThan(RUNS * 0.05)
  expect([...FUNCTIONS, ...OPERATIONS].filter((name) => !features.has(name))).toEqual([])
}, 120_000)
