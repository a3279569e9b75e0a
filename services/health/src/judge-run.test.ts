import type { HealthStatus } from '@tocsin/contract'
import { expect, it } from 'vitest'
import { judgeRun, reservation, type Standing } from './judge-run.ts'

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

it('says why a check does not stand as its last run found it', () => {
  const thresholds = { failures: 3, successes: 2 }
  let standing = judgeRun(undefined, 'healthy', thresholds)
  const says = (found: 'healthy' | 'unhealthy') => {
    standing = judgeRun(standing, found, thresholds)
    return reservation(standing, found, thresholds)
  }
  expect(says('healthy')).toBeUndefined()
  expect(says('unhealthy')).toBe('unhealthy after 3 failures in a row, so far 1')
  expect(says('unhealthy')).toBe('unhealthy after 3 failures in a row, so far 2')
  expect(says('unhealthy')).toBeUndefined()
  expect(says('healthy')).toBe('healthy again after 2 successes in a row, so far 1')
  expect(says('healthy')).toBeUndefined()
})
