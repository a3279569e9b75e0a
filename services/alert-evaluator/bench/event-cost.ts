// The cost of an event among few and among many rules and series: `node services/alert-evaluator/bench/event-cost.ts`.
// There are as many small engines as make up the large one, in turn: both have the processor's caches as cold.

import { createEngine, placeRules } from '@tocsin/alerting'
import { parseRuleFile } from '@tocsin/rules'
import { createHead, type Series } from '@tocsin/tsdb'

const [FEW, MANY] = [100, 2000]
const SERIES_A_RULE = 20
const CYCLES = 14
const STEP_MS = 5000
const ROUNDS = 40
const EVENTS_A_ROUND = 50

/** An engine with so many rules, each over series of its own, after a minute of samples. */
function createWorld(rules: number) {
  const head = createHead()
  const engine = createEngine({
    head,
    externalURL: '',
    monotonic: () => performance.now(),
    listener: { evaluated() {}, changed() {}, forgotten() {} },
  })
  const expressions = Array.from(
    { length: rules },
    (_, i) => `sum by (route) (rate(http_requests_total{service="svc${i}"}[1m])) > 100`,
  )
  const file = {
    groups: [{ name: 'g', rules: expressions.map((expr, i) => ({ alert: `Busy${i}`, expr })) }],
  }
  let atMs = Date.UTC(2026, 0, 1)
  engine.replaceRules(placeRules(parseRuleFile('bench.yml', JSON.stringify(file)), { intervalMs: 15_000 }), {
    atMs,
    sequence: 0,
    trigger: 'changed',
  })
  const series = Array.from({ length: rules * SERIES_A_RULE }, (_, i): Series => {
    const service = `svc${Math.floor(i / SERIES_A_RULE)}`
    const interned = head.intern({
      __name__: 'http_requests_total',
      service,
      route: `/r${i % 4}`,
      instance: `i${i % 20}`,
    })
    if (!('ref' in interned)) throw new Error(interned.detail)
    return interned
  })
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    atMs += STEP_MS
    for (const one of series) head.append(one, atMs, cycle * 100)
    engine.evaluateMarked({ atMs, sequence: cycle, trigger: 'sample' })
  }
  let next = 0
  return {
    /** Milliseconds that one event takes, from its sample to its rule evaluated. */
    event(): number {
      atMs += 1
      next = (next + 7919) % series.length
      const one = series[next]
      if (!one) return Number.NaN
      const begun = performance.now()
      head.append(one, atMs, one.lastValue + 1)
      engine.evaluateMarked({ atMs, sequence: 1, trigger: 'sample' })
      return performance.now() - begun
    },
  }
}

/** Engines that are asked in turn. */
function createWorlds(count: number, rules: number) {
  const worlds = Array.from({ length: count }, () => createWorld(rules))
  let next = 0
  return { event: () => worlds[next++ % count]?.event() ?? Number.NaN }
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const [few, many] = [createWorlds(MANY / FEW, FEW), createWorlds(1, MANY)]
const costs: { few: number[]; many: number[] } = { few: [], many: [] }
// In turn, so that both see the same machine; the first half compiles the code.
for (let round = 0; round < 2 * ROUNDS; round++)
  for (const [world, list] of [
    [few, costs.few],
    [many, costs.many],
  ] as const)
    list.push(median(Array.from({ length: EVENTS_A_ROUND }, () => world.event())))
const [ofFew, ofMany] = [median(costs.few.slice(ROUNDS)), median(costs.many.slice(ROUNDS))]
console.log(
  `an event among ${FEW} rules over ${FEW * SERIES_A_RULE} series:   ${ofFew.toFixed(4)} ms (median)`,
)
console.log(
  `an event among ${MANY} rules over ${MANY * SERIES_A_RULE} series: ${ofMany.toFixed(4)} ms (median)`,
)
console.log(
  `${MANY / FEW} times the rules and series, ${(ofMany / ofFew).toFixed(2)} times the cost of an event`,
)
