/** What the series do, step by step; a level that is missing means that the series has ended. */
export type Step = Readonly<Record<string, number>>

/** How long each step lasts: scrapes and evaluations come every second, so that none is missed. Milliseconds. */
export const STEP_MS = 3000
const SERIES = ['a', 'b', 'c']
const LEVELS = [10, 30, 60, 90, undefined]
// Time for everything that was raised to end.
const LAST_STEPS = 5

/** Steps drawn by a seed, then some in which nothing is amiss. */
export function createScript(seed: number, steps: number): readonly Step[] {
  let state = seed
  const draw = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const random = Array.from({ length: steps }, () =>
    stepOf(SERIES.map((name) => [name, LEVELS[draw(LEVELS.length)]])),
  )
  const calm = stepOf(SERIES.map((name) => [name, 10]))
  return [calm, ...random, ...Array.from({ length: LAST_STEPS }, () => calm)]
}

function stepOf(levels: readonly (readonly [string, number | undefined])[]): Step {
  return Object.fromEntries(levels.filter((entry): entry is [string, number] => entry[1] !== undefined))
}

/** The rules, of every kind that a step can move. Durations end between steps, never at one. */
export const RULES = `groups:
  - name: plain
    interval: 1s
    rules:
      - { alert: Above, expr: level > 50 }
      - { alert: AboveFor, expr: level > 50, for: 4500ms }
      - { alert: Kept, expr: level > 50, keep_firing_for: 4500ms }
      - { alert: KeptFor, expr: level > 50, for: 1500ms, keep_firing_for: 4500ms, labels: { team: shop } }
      - { alert: Templated, expr: level > 50, labels: { grade: '{{ if gt $value 80.0 }}high{{ else }}low{{ end }}' } }
      - { alert: Gone, expr: 'absent(level{n="a"})' }
      - { alert: GoneFor, expr: 'absent(level{n="b"})', for: 4500ms }
      - { alert: Sum, expr: sum(level) > 130 }
      - { alert: Count, expr: count(level > 50) >= 2, for: 1500ms }
      - { alert: Unless, expr: 'level > 50 unless on () (level{n="c"} > 80)' }
      - { alert: Window, expr: 'max_over_time(level[7500ms]) > 80' }
  - name: recorded
    interval: 1s
    rules:
      - { record: 'level:max', expr: max(level), labels: { kind: recorded } }
      - { alert: OnRecorded, expr: 'level:max > 80' }
      - { alert: OnRange, expr: 'min_over_time(level:max[7500ms]) > 50' }
  - name: limited
    interval: 1s
    limit: 1
    rules:
      - { alert: Limited, expr: level > 50 }
`
