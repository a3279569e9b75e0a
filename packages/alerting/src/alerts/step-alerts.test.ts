import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Alert, Observation } from './alert.ts'
import { endAlerts, type StepInput, stepAlerts } from './step-alerts.ts'

const S = 1000
const START = Date.UTC(2026, 0, 1)

const observation = (value = 1): Observation => ({
  fingerprint: 'x',
  labels: { alertname: 'A' },
  annotations: { summary: `value ${value}` },
  value,
})

interface Evaluation {
  readonly at: number
  readonly holds: boolean
}

/** `0+ 5-`: at 0 s the condition holds, at 5 s it does not. */
const evaluationsOf = (script: string): Evaluation[] =>
  script.split(' ').map((word) => ({ at: Number(word.slice(0, -1)), holds: word.endsWith('+') }))

/** Runs evaluations, and tells each transition with its time in seconds. */
function run(forS: number, keepS: number, evaluations: readonly Evaluation[]) {
  let alerts: ReadonlyMap<string, Alert> = new Map()
  const told: string[] = []
  let deadline: number | undefined
  for (const [i, { at, holds }] of evaluations.entries()) {
    const step = stepAlerts({
      forMs: forS * S,
      keepFiringForMs: keepS * S,
      alerts,
      observed: holds ? [observation()] : [],
      atMs: START + at * S,
      sequence: i + 1,
    })
    alerts = step.alerts
    deadline = step.deadlineMs
    for (const { transition } of step.changes) if (transition) told.push(`${at}:${transition}`)
  }
  return { told: told.join(' '), alert: alerts.get('x'), deadline: deadline && (deadline - START) / S }
}

test.each`
  what                                            | forS    | keepS | script                       | told
  ${'for 0 fires at once'}                        | ${0}    | ${0}  | ${'0+'}                      | ${'0:firing'}
  ${'resolves when the condition goes away'}      | ${0}    | ${0}  | ${'0+ 5+ 6-'}                | ${'0:firing 6:resolved'}
  ${'fires anew after that'}                      | ${0}    | ${0}  | ${'0+ 6- 7+'}                | ${'0:firing 6:resolved 7:firing'}
  ${'for 10 s is pending first'}                  | ${10}   | ${0}  | ${'0+ 9.999+'}               | ${'0:pending'}
  ${'fires at exactly activeAt + for'}            | ${10}   | ${0}  | ${'0+ 10+'}                  | ${'0:pending 10:firing'}
  ${'a pending alert goes away untold'}           | ${10}   | ${0}  | ${'0+ 5-'}                   | ${'0:pending'}
  ${'its for begins anew'}                        | ${10}   | ${0}  | ${'0+ 5- 6+ 15+ 16+'}        | ${'0:pending 6:pending 16:firing'}
  ${'keep_firing_for holds it'}                   | ${0}    | ${10} | ${'0+ 5- 14.9-'}             | ${'0:firing'}
  ${'until it has passed'}                        | ${0}    | ${10} | ${'0+ 5- 15-'}               | ${'0:firing 15:resolved'}
  ${'a return of the condition ends the holding'} | ${0}    | ${10} | ${'0+ 5- 9+ 14- 23- 24-'}    | ${'0:firing 24:resolved'}
  ${'a pending alert is not kept'}                | ${10}   | ${60} | ${'0+ 5- 6+'}                | ${'0:pending 6:pending'}
  ${'a late evaluation fires late, not never'}    | ${10}   | ${0}  | ${'0+ 500+'}                 | ${'0:pending 500:firing'}
  ${'a clock that jumps ahead fires early'}       | ${3600} | ${0}  | ${'0+ 7200+'}                | ${'0:pending 7200:firing'}
  ${'a clock set back costs at most for again'}   | ${10}   | ${0}  | ${'0+ -3600+ -3595+ -3590+'} | ${'0:pending -3590:firing'}
  ${'a firing alert outlives a clock set back'}   | ${0}    | ${0}  | ${'0+ -3600+ -3599-'}        | ${'0:firing -3599:resolved'}
  ${'a kept alert outlives a clock set back'}     | ${0}    | ${10} | ${'0+ 1- -3600- -3590-'}     | ${'0:firing -3590:resolved'}
  ${'evaluations at the same time agree'}         | ${10}   | ${0}  | ${'0+ 0+ 10+ 10+ 10-'}       | ${'0:pending 10:firing 10:resolved'}
`('$what ($script)', ({ forS, keepS, script, told }) => {
  expect(run(forS, keepS, evaluationsOf(script)).told).toBe(told)
})

test.each`
  what                        | forS  | keepS | script      | deadline
  ${'a pending alert fires'}  | ${10} | ${0}  | ${'3+'}     | ${13}
  ${'nothing, once it fires'} | ${10} | ${0}  | ${'3+ 13+'} | ${undefined}
  ${'a kept alert resolves'}  | ${0}  | ${7}  | ${'3+ 4-'}  | ${11}
  ${'nothing without for'}    | ${0}  | ${0}  | ${'3+'}     | ${undefined}
`('the deadline is when $what', ({ forS, keepS, script, deadline }) => {
  expect(run(forS, keepS, evaluationsOf(script)).deadline).toBe(deadline)
})

test("an alert's times are those of its evaluations", () => {
  expect(run(10, 0, evaluationsOf('0+ 12+ 20-')).alert).toMatchObject({
    phase: 'resolved',
    activeAt: START,
    firedAt: START + 12 * S,
    endedAt: START + 20 * S,
  })
})

describe('one step', () => {
  const step = (input: Partial<StepInput>, alerts: ReadonlyMap<string, Alert> = new Map()) =>
    stepAlerts({ forMs: 0, keepFiringForMs: 0, sequence: 9, observed: [], atMs: START, alerts, ...input })
  const firing = step({ observed: [observation()] })

  test('takes value and annotations from the latest evaluation, without a change to tell', () => {
    const second = step({ observed: [observation(2)], atMs: START + S }, firing.alerts)
    expect(second.changes).toEqual([])
    expect(second.alerts.get('x')).toMatchObject({
      value: 2,
      annotations: { summary: 'value 2' },
      activeAt: START,
    })
  })

  test('forgets an ended alert after 15 minutes', () => {
    const ended = step({}, firing.alerts)
    const kept = step({ atMs: START + 900 * S }, ended.alerts)
    expect([kept.forgotten, kept.alerts.size]).toEqual([[], 1])
    const gone = step({ atMs: START + 900 * S + 1 }, kept.alerts)
    expect([gone.forgotten, gone.alerts.size]).toEqual([['x'], 0])
  })

  test('resolves what fires when its rule ends, and silently ends what is pending', () => {
    const pending = step({ observed: [observation()], forMs: S })
    expect(endAlerts(firing.alerts.values(), START + S, 10)).toMatchObject([
      { transition: 'resolved', alert: { phase: 'resolved', sequence: 10 } },
    ])
    expect(endAlerts(pending.alerts.values(), START + S, 10)).toMatchObject([
      { transition: undefined, alert: { phase: 'inactive' } },
    ])
  })

  test('makes durable that an alert is kept, though it is not told', () => {
    const kept = step({ keepFiringForMs: S, atMs: START + 1 }, firing.alerts)
    expect(kept.changes).toMatchObject([{ transition: undefined, alert: { keepFiringSince: START + 1 } }])
    expect(step({ keepFiringForMs: S, atMs: START + 2 }, kept.alerts).changes).toEqual([])
  })

  test('of a replay leaves alone an alert that is ahead of it', () => {
    const fired = step({ sequence: 5, observed: [observation()] })
    const resolved = step({ sequence: 7, atMs: START + S }, fired.alerts)
    for (const sequence of [5, 6, 7]) {
      const observed = sequence < 7 ? [observation()] : []
      const replayed = step({ sequence, frozenFrom: sequence, observed }, resolved.alerts)
      expect(replayed.changes).toEqual([])
      expect(replayed.alerts.get('x')).toBe(resolved.alerts.get('x'))
    }
    const next = step({ sequence: 8, frozenFrom: 8, observed: [observation()] }, resolved.alerts)
    expect(next.changes).toMatchObject([{ transition: 'firing' }])
  })
})

/** Prometheus' rules/alerting.go in miniature: what it tells of one alert. */
function tellAsPrometheus(evaluations: readonly Evaluation[], forS: number, keepS: number): string {
  const told: string[] = []
  let state: 'inactive' | 'pending' | 'firing' = 'inactive'
  let activeAt = 0
  let since: number | undefined
  for (const { at, holds } of evaluations) {
    if (holds) {
      since = undefined
      if (state === 'inactive') {
        state = 'pending'
        activeAt = at
        if (forS > 0) told.push(`${at}:pending`)
      }
      if (state === 'pending' && at - activeAt >= forS) {
        state = 'firing'
        told.push(`${at}:firing`)
      }
    } else if (state === 'pending') state = 'inactive'
    else if (state === 'firing') {
      since ??= at
      if (keepS > 0 && at - since < keepS) continue
      state = 'inactive'
      since = undefined
      told.push(`${at}:resolved`)
    }
  }
  return told.join(' ')
}

test('any sequence of evaluations tells what Prometheus would', () => {
  const durations = fc.integer({ min: 0, max: 30 })
  const waits = fc.array(fc.record({ wait: fc.integer({ min: 0, max: 20 }), holds: fc.boolean() }), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(waits, durations, durations, (script, forS, keepS) => {
      let at = 0
      const evaluations = script.map(({ wait, holds }) => {
        at += wait
        return { at, holds }
      })
      expect(run(forS, keepS, evaluations).told).toBe(tellAsPrometheus(evaluations, forS, keepS))
    }),
  )
})
