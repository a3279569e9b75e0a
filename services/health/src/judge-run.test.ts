import type { HealthStatus } from '@tocsin/contract'
import { expect, it } from 'vitest'
import { judgeRun, type Standing } from './judge-run.ts'

const letters: Record<string, HealthStatus> = { h: 'healthy', d: 'degraded', u: 'unhealthy' }

function standings(runs: string): string {
  let standing: Standing | undefined
  let seen = ''
  for (const run of runs) {
    standing = judgeRun(standing, letters[run] ?? 'unhealthy', { failures: 3, successes: 2 })
    seen += standing.status[0]
  }
  return seen
}

it.each([
  ['one failure degrades', 'hhuhh', 'hhdhh'],
  ['three in a row are unhealthy', 'huuuu', 'hdduu'],
  ['it takes two successes to recover', 'huuuhhh', 'hdduuhh'],
  ['a failure between starts the count again', 'huuuhuhh', 'hdduuuuh'],
  ['degraded shows at once, and counts as a success', 'hdhud', 'hdhdd'],
  ['recovery may end degraded', 'huuuhd', 'hdduud'],
  ['until the first success each run stands as it is', 'uuh', 'uuh'],
])('%s: %s', (_, runs, expected) => {
  expect(standings(runs)).toBe(expected)
})
