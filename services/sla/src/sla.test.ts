import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { breachMessage, findBreaches, statesAfter } from './find-breaches.ts'
import { judgeObjective } from './judge-objective.ts'
import { makeReport } from './make-report.ts'
import type { Objective } from './objective.ts'

const objective: Objective = { name: 'a', description: 'd', target: 0.999, good: 'good', total: 'total' }

describe('an objective', () => {
  it.each([
    ['is met within its budget', { good: 9_995, total: 10_000 }, 'met', 0.5],
    ['is met with the budget exactly spent', { good: 9_990, total: 10_000 }, 'met', 0],
    ['is breached past it, and the budget is below zero', { good: 9_985, total: 10_000 }, 'breached', -0.5],
    ['without traffic keeps its budget', { good: 0, total: 0 }, 'no_traffic', 1],
    ['without a series has no figure', { good: undefined, total: undefined }, 'no_data', null],
    ['with traffic but no good event is breached', { good: undefined, total: 10 }, 'breached', -999],
    ['takes what extrapolation counts too much as all', { good: 10.01, total: 10 }, 'met', 1],
  ] as const)('%s', (_, counted, state, remaining) => {
    const status = judgeObjective(objective, counted)
    expect(status.state).toBe(state)
    if (remaining === null) expect(status.errorBudgetRemaining).toBeNull()
    else expect(status.errorBudgetRemaining).toBeCloseTo(remaining, 6)
  })

  it('has used its whole budget exactly when it stops being met', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), (good, bad) => {
        const status = judgeObjective(objective, { good, total: good + bad })
        if (good + bad > 0) expect((status.errorBudgetRemaining ?? 0) >= -1e-9).toBe(status.state === 'met')
      }),
    )
  })
})

describe('a report', () => {
  const met = judgeObjective(objective, { good: 900, total: 900 })
  const breached = judgeObjective({ ...objective, name: 'b' }, { good: 90, total: 100 })
  const silent = judgeObjective({ ...objective, name: 'c' }, { good: undefined, total: undefined })

  it('counts the objectives that could be measured, and weighs the budget by traffic', () => {
    const report = makeReport('day', 0, 1000, 10, [met, breached, silent])
    expect(report.overallCompliance).toBe(50)
    expect(report.errorBudget).toEqual({ total: 0.1, consumed: 1000, remaining: -900 })
    expect(report.slos).toHaveLength(3)
  })

  it('says that it knows nothing where there is nothing', () => {
    const report = makeReport('day', 0, 1000, undefined, [silent])
    expect(report).toMatchObject({
      overallCompliance: null,
      dataFrom: null,
      errorBudget: { remaining: null },
    })
  })
})

describe('breaches', () => {
  const at = (bad: number) => judgeObjective(objective, { good: 100 - bad, total: 100 })
  const silent = judgeObjective(objective, { good: undefined, total: undefined })

  it('are told once, also across a gap in the data', () => {
    let states: Record<string, ReturnType<typeof at>['state']> = {}
    const told: number[] = []
    for (const [i, status] of [at(0), at(9), at(9), silent, at(9), at(0), at(9)].entries()) {
      if (findBreaches(states, [status]).length > 0) told.push(i)
      states = statesAfter(states, [status])
    }
    expect(told).toEqual([1, 6])
  })

  it('say how many failed', () => {
    expect(breachMessage(at(9))).toBe('91 % were good, the target is 99.9 %: 9 of 100 failed.')
  })
})
