import { describe, it } from 'vitest'
import { runDifferential } from './differential/run-differential.ts'

describe('a real Prometheus', () => {
  it('gives the same answers to generated queries', async () => {
    await runDifferential({ seed: 42, runs: 100 })
  }, 60_000)
})
