import { parseRuleFile, RuleError } from '@tocsin/rules'
import { createHead } from '@tocsin/tsdb'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEngine } from '../evaluation/engine.ts'
import { placeRules } from '../rules/rule-set.ts'
import type { Alert } from './alert.ts'

const START = Date.UTC(2026, 0, 1)
const EVERY_S = 10

interface World {
  readonly told: string
  readonly alerts: readonly Alert[]
  readonly deadline: number | undefined
}

/**
 * One rule over `cpu` with these fields. The script says what comes when: `10=95` a value, `20=stale` the end of the
 * series, `30` just time. Deadlines are met as they come, and the rule is evaluated every 10 s besides.
 */
function run(fields: string, script: string): World {
  const head = createHead()
  const told: string[] = []
  let alerts: readonly Alert[] = []
  const engine = createEngine({
    head,
    externalURL: '',
    monotonic: () => 0,
    listener: {
      evaluated() {},
      changed(_rule, changes, { atMs }) {
        for (const { transition, notice } of changes)
          if (transition) told.push(`${(atMs - START) / 1000}:${notice ?? transition}`)
      },
      forgotten: (_rule, gone) => void told.push(`forgot ${gone.length}`),
    },
  })
  const source = `groups: [{ name: g, rules: [{ alert: A, ${fields} }] }]`
  const set = placeRules(parseRuleFile('f.yml', source), { intervalMs: EVERY_S * 1000 })
  let sequence = 0
  const at = (seconds: number, trigger: 'sample' | 'interval' | 'deadline') => ({
    atMs: START + seconds * 1000,
    sequence: ++sequence,
    trigger,
  })
  engine.replaceRules(set, at(0, 'interval'))
  let now = 0
  const passTo = (seconds: number) => {
    for (;;) {
      const beat = (Math.floor(now / EVERY_S) + 1) * EVERY_S
      const due = ((engine.nextDeadline() ?? Number.POSITIVE_INFINITY) - START) / 1000
      const next = Math.min(beat, due > now ? due : Number.POSITIVE_INFINITY)
      if (next > seconds) break
      now = next
      if (next === due) engine.evaluateDue(at(now, 'deadline'))
      else for (const group of set.groups) engine.evaluateGroup(group, at(now, 'interval'))
    }
    now = seconds
  }
  for (const word of script.split(' ')) {
    const [time = '', what] = word.split('=')
    passTo(Number(time))
    if (what === undefined) continue
    const series = head.intern({ __name__: 'cpu', host: 'a' })
    if (!('ref' in series)) throw new Error(series.detail)
    if (what === 'stale') head.appendStale(series, START + now * 1000)
    else head.append(series, START + now * 1000, Number(what))
    engine.evaluateMarked(at(now, 'sample'))
  }
  const [rule] = set.rules.keys()
  alerts = [...engine.status(rule ?? '').alerts.values()]
  return { told: told.join(' '), alerts, deadline: engine.nextDeadline() }
}

const HYSTERESIS = 'expr: cpu > 90, annotations: { tocsin_resolve: cpu < 70 }'
const KEPT = 'expr: cpu > 90, annotations: { tocsin_no_data: keep }'
const KEPT_SHORTLY = 'expr: cpu > 90, annotations: { tocsin_no_data: keep 30s }'
const RAISED = 'expr: cpu > 90, annotations: { tocsin_no_data: alert }'
const RAISED_LATER = 'expr: cpu > 90, for: 20s, annotations: { tocsin_no_data: alert }'
const FLAPS = 'expr: cpu > 90, annotations: { tocsin_flap: 4 in 60s }'

test.each`
  what                                                        | fields                                                              | script                                                      | told
  ${'between both conditions it fires on'}                    | ${HYSTERESIS}                                                       | ${'1=95 2=80 50=75 60'}                                     | ${'1:firing'}
  ${'it resolves once the other is met'}                      | ${HYSTERESIS}                                                       | ${'1=95 2=80 3=69'}                                         | ${'1:firing 3:resolved'}
  ${'between both it does not begin'}                         | ${HYSTERESIS}                                                       | ${'1=80 2=91 3=69 4=80 5=95'}                               | ${'2:firing 3:resolved 5:firing'}
  ${'a pending alert is not held'}                            | ${HYSTERESIS.replace('90', '90, for: 20s')}                         | ${'1=95 2=80 3=95 25'}                                      | ${'1:pending 3:pending 23:firing'}
  ${'keep_firing_for counts from when it may resolve'}        | ${HYSTERESIS.replace('90', '90, keep_firing_for: 20s')}             | ${'1=95 2=80 30=60 60'}                                     | ${'1:firing 50:resolved'}
  ${'without data it ends as in Prometheus'}                  | ${HYSTERESIS}                                                       | ${'1=95 2=80 3=stale'}                                      | ${'1:firing 3:resolved'}
  ${'a result without labels concerns every alert'}           | ${'expr: cpu > 90, annotations: { tocsin_resolve: sum(cpu) < 70 }'} | ${'1=95 2=80 3=69'}                                         | ${'1:firing 3:resolved'}
  ${'labels that the rule sets are not compared'}             | ${HYSTERESIS.replace('90,', '90, labels: { host: all },')}          | ${'1=95 2=80 3=69'}                                         | ${'1:firing 3:resolved'}
  ${'ok: no data, no alert'}                                  | ${KEPT.replace('keep', 'ok')}                                       | ${'1=95 2=stale'}                                           | ${'1:firing 2:resolved'}
  ${'keep: it fires on without data'}                         | ${KEPT}                                                             | ${'1=95 2=stale 600'}                                       | ${'1:firing'}
  ${'keep: data that do not meet the condition end it'}       | ${KEPT}                                                             | ${'1=95 2=stale 60=50'}                                     | ${'1:firing 60:resolved'}
  ${'keep: a pending alert waits for data'}                   | ${KEPT.replace('90', '90, for: 20s')}                               | ${'1=95 2=stale 60 61=95'}                                  | ${'1:pending 61:firing'}
  ${'keep: for so long'}                                      | ${KEPT_SHORTLY}                                                     | ${'1=95 2=stale 100'}                                       | ${'1:firing 32:resolved'}
  ${'keep: what was not firing does not begin to'}            | ${KEPT}                                                             | ${'1=50 2=stale 600'}                                       | ${''}
  ${'keep: what is kept by keep_firing_for ends'}             | ${KEPT.replace('90', '90, keep_firing_for: 20s')}                   | ${'1=95 2=50 3=stale 60'}                                   | ${'1:firing 22:resolved'}
  ${'alert: what had data is raised'}                         | ${RAISED}                                                           | ${'1=50 2=stale'}                                           | ${'2:firing'}
  ${'alert: after for'}                                       | ${RAISED_LATER}                                                     | ${'1=50 2=stale 30'}                                        | ${'2:pending 22:firing'}
  ${'alert: data end it'}                                     | ${RAISED}                                                           | ${'1=50 2=stale 30=50'}                                     | ${'2:firing 30:resolved'}
  ${'alert: data that meet the condition go on with it'}      | ${RAISED}                                                           | ${'1=50 2=stale 30=95 40=50'}                               | ${'2:firing 40:resolved'}
  ${'alert: what fires goes on'}                              | ${RAISED}                                                           | ${'1=95 2=stale 600'}                                       | ${'1:firing'}
  ${'alert: for so long, then it is forgotten'}               | ${RAISED.replace('alert', 'alert 30s')}                             | ${'1=50 2=stale 1000'}                                      | ${'2:firing 32:resolved forgot 1'}
  ${'alert: held by hysteresis only if it had fired'}         | ${RAISED.replace('alert', 'alert, tocsin_resolve: cpu < 70')}       | ${'1=50 2=stale 30=80'}                                     | ${'2:firing 30:resolved'}
  ${'alert: a pair of vectors has data if both do'}           | ${'expr: cpu > cpu - 1, annotations: { tocsin_no_data: alert }'}    | ${'1=50 2=stale'}                                           | ${'1:firing'}
  ${'few changes are told'}                                   | ${FLAPS}                                                            | ${'1=95 2=50 3=95'}                                         | ${'1:firing 2:resolved 3:firing'}
  ${'one that fires after so many is held, and told so once'} | ${FLAPS}                                                            | ${'1=95 2=50 3=95 4=50 5=95 6=50 7=95'}                     | ${'1:firing 2:resolved 3:firing 4:resolved 5:flapping'}
  ${'calm again, it is what it is: resolved'}                 | ${FLAPS}                                                            | ${'1=95 2=50 3=95 4=50 5=95 6=50 70'}                       | ${'1:firing 2:resolved 3:firing 4:resolved 5:flapping 64:resolved'}
  ${'or firing'}                                              | ${FLAPS}                                                            | ${'1=95 2=50 3=95 4=50 5=95 80'}                            | ${'1:firing 2:resolved 3:firing 4:resolved 5:flapping 63:calm'}
  ${'further changes keep it from being calm'}                | ${FLAPS}                                                            | ${'1=95 2=50 3=95 4=50 5=95 40=50 50=95 100 111'}           | ${'1:firing 2:resolved 3:firing 4:resolved 5:flapping 65:calm'}
  ${'changes out of the window do not count'}                 | ${FLAPS}                                                            | ${'1=95 2=50 70=95 71=50 72=95'}                            | ${'1:firing 2:resolved 70:firing 71:resolved 72:firing'}
  ${'what is pending behind it is waited for'}                | ${FLAPS.replace('90', '90, for: 1s').replace('60s', '20s')}         | ${'1=95 2 3=50 4=95 5 6=50 7=95 8 9=50 25.5=95 26.2=50 50'} | ${'1:pending 2:firing 3:resolved 4:pending 5:firing 6:resolved 7:pending 8:flapping 26.2:resolved'}
`('$what ($fields, $script)', ({ fields, script, told }) => {
  expect(run(fields, script).told).toBe(told)
})

test('an alert says why it stands as it does', () => {
  const [raised] = run(
    RAISED.replace('tocsin', "summary: '{{ $labels.host }} {{ $value }}', tocsin"),
    '1=50 2=stale 30',
  ).alerts
  expect(raised).toMatchObject({
    annotations: { summary: 'a 50', tocsin_no_data: 'no data since 2026-01-01T00:00:02.000Z' },
    noDataSince: START + 2000,
  })
  const [flapping] = run(FLAPS, '1=95 2=50 3=95 4=50 5=95 6=50').alerts
  expect(flapping).toMatchObject({
    phase: 'firing',
    activeAt: START + 5000,
    annotations: { tocsin_flapping: '4 changes within 1m: held as firing' },
    flapping: { heldBack: { phase: 'resolved', endedAt: START + 6000 } },
  })
  expect(run(FLAPS, '1=95 2=50 3=95 4=50 5=95 6=50 70').alerts[0]?.annotations).toEqual({})
  expect(run(HYSTERESIS, '1=95 2=80').alerts).toMatchObject([{ unresolvedSince: START + 2000 }])
})

test.each`
  fields                                                        | reason
  ${'expr: cpu > 90, annotations: { tocsin_no_data: maybe }'}   | ${'tocsin_no_data: expected ok, keep or alert'}
  ${'expr: absent(cpu), annotations: { tocsin_no_data: keep }'} | ${'has a result just when there is no data'}
  ${'expr: cpu > 90, annotations: { tocsin_no_data: keep 0s }'} | ${'a duration above 0 is needed'}
  ${'expr: cpu > 90, annotations: { tocsin_resolve: cpu < }'}   | ${'tocsin_resolve: 1:'}
  ${'expr: cpu > 90, annotations: { tocsin_flap: often }'}      | ${'tocsin_flap: expected 2 to 1000 changes'}
  ${'expr: cpu > 90, annotations: { tocsin_flap: 1 in 5m }'}    | ${'tocsin_flap: expected 2 to 1000 changes'}
  ${'expr: cpu > 90, annotations: { tocsin_nodata: keep }'}     | ${'unknown annotation tocsin_nodata; there are tocsin_no_data'}
`('$fields is refused, with its line', ({ fields, reason }) => {
  const parse = () => parseRuleFile('f.yml', `groups: [{ name: g, rules: [{ alert: A, ${fields} }] }]`)
  expect(parse).toThrow(RuleError)
  expect(parse).toThrow(reason)
  expect(parse).toThrow(/^f\.yml:1:\d+: group "g", rule 1, "A": /)
})

test('whatever comes, what is told is in order, and what flaps is told seldom', () => {
  const samples = fc.array(fc.record({ gap: fc.integer({ min: 1, max: 15 }), high: fc.boolean() }), {
    maxLength: 40,
  })
  fc.assert(
    fc.property(samples, (list) => {
      let time = 0
      const script = list.map(({ gap, high }) => {
        time += gap
        return `${time}=${high ? 95 : 50}`
      })
      const { told, alerts } = run(FLAPS, [...script, `${time + 500}`].join(' '))
      const states = told.split(' ').filter((one) => one !== '' && !one.startsWith('forgot'))
      let firing = false
      let flapping = false
      for (const word of states) {
        const state = word.split(':')[1]
        if (state === 'firing') expect(firing).toBe(false)
        else if (state === 'flapping') expect(flapping).toBe(false)
        else expect(firing).toBe(true)
        flapping = state === 'flapping'
        firing = state !== 'resolved'
      }
      const lastHigh = list.at(-1)?.high === true
      // Within 5 minutes of lookback the last value stands; after that it is gone.
      expect(alerts.some(({ phase }) => phase === 'firing')).toBe(false)
      expect(firing && lastHigh).toBe(false)
    }),
    { numRuns: 60 },
  )
})
