import fc from 'fast-check'

/** What is posted at one step: alerts by their labels, that fire from now on or end now. */
export type Step = readonly { readonly labels: Readonly<Record<string, string>>; readonly fires: boolean }[]

export interface Scenario {
  /** The label `scenario` of its alerts, by which they come to its routes. */
  readonly name: string
  /** The routes below the root, as YAML in flow style; `R` stands for the start of its receivers' names. */
  readonly routes: string
  /** Its receivers, and whether each is told of ends. */
  readonly receivers: Readonly<Record<string, boolean>>
  readonly inhibitRules?: readonly string[]
  /** Silences by the steps at which they begin and end. */
  readonly silences?: readonly {
    readonly from: number
    readonly to: number
    readonly matcher: readonly [string, string]
  }[]
  readonly steps: readonly Step[]
}

const fires = (labels: Readonly<Record<string, string>>) => ({ labels, fires: true })
const ends = (labels: Readonly<Record<string, string>>) => ({ labels, fires: false })
const a = { alertname: 'A', severity: 'critical', instance: '1' }
const b = { alertname: 'A', severity: 'warning', instance: '2', job: 'x' }
const c = { alertname: 'C', severity: 'warning', instance: '1' }

/** How many steps each scenario has; what still fires then ends with one more. */
export const STEPS = 6

const fixed: readonly Scenario[] = [
  {
    name: 'grouping',
    routes: '{ receiver: R-all, group_by: [alertname] }',
    receivers: { all: true },
    steps: [[fires(a), fires(c)], [fires(b)], [ends(a)], [ends(b)], [fires(a)], []],
  },
  {
    name: 'each',
    routes: "{ receiver: R-all, group_by: ['...'] }",
    receivers: { all: true },
    steps: [[fires(a), fires(b), fires(c)], [ends(a)], [], [fires(a), ends(c)], [], []],
  },
  {
    name: 'continue',
    routes: `{ receiver: R-none, group_by: [], routes: [
      { matchers: [severity="critical"], receiver: R-pager, continue: true },
      { matchers: ['severity=~"critical|warning"'], receiver: R-team, group_by: [alertname], continue: true },
      { match: { instance: '1' }, receiver: R-one, routes: [{ match_re: { alertname: 'C|D' }, receiver: R-deep }] }] }`,
    receivers: { none: true, pager: true, team: true, one: true, deep: true },
    steps: [[fires(a)], [fires(b), fires(c)], [ends(c)], [ends(a)], [fires({ alertname: 'N' })], []],
  },
  {
    name: 'inhibition',
    routes: '{ receiver: R-all, group_by: [alertname] }',
    receivers: { all: true },
    inhibitRules: [
      '{ source_matchers: [severity="critical"], target_match: { severity: warning }, equal: [instance] }',
      '{ source_match: { alertname: E }, target_match_re: { alertname: E|F }, equal: [] }',
    ],
    steps: [
      [fires(a), fires(c)],
      [fires(b)],
      [ends(a)],
      [fires({ alertname: 'E' }), fires({ alertname: 'F' })],
      [ends({ alertname: 'E' })],
      [],
    ],
  },
  {
    name: 'muted',
    routes: `{ receiver: R-all, group_by: [], routes: [
      { matchers: [alertname="A"], receiver: R-muted, mute_time_intervals: [always] },
      { matchers: [alertname="C"], receiver: R-quiet, active_time_intervals: [never] },
      { matchers: [alertname="D"], receiver: R-open, active_time_intervals: [always], mute_time_intervals: [never] }] }`,
    receivers: { all: true, muted: true, quiet: true, open: true },
    steps: [[fires(a), fires(c)], [fires({ alertname: 'D' })], [fires({ alertname: 'M' })], [], [], []],
  },
  {
    name: 'silenced',
    routes: '{ receiver: R-all, group_by: [] }',
    receivers: { all: true },
    silences: [
      { from: 0, to: 2, matcher: ['instance', '2'] },
      { from: 3, to: 5, matcher: ['alertname', 'C'] },
    ],
    steps: [[fires(a), fires(b)], [fires(c)], [], [], [ends(a)], [ends(c)]],
  },
  {
    name: 'repeats',
    routes: '{ receiver: R-all, group_by: [alertname], repeat_interval: 6s }',
    receivers: { all: true },
    steps: [[fires(a)], [], [], [fires(b)], [], []],
  },
  {
    name: 'unresolved',
    routes:
      '{ receiver: R-all, group_by: [], routes: [{ receiver: R-firing, continue: true }, { receiver: R-both }] }',
    receivers: { all: true, firing: false, both: true },
    steps: [[fires(a), fires(b)], [ends(a)], [fires(c)], [ends(b), ends(c)], [fires(a)], []],
  },
]

/** A script by chance: which of its alerts changes at each step, and how they are grouped and routed. */
const anyScenario = fc.record({
  groupBy: fc.constantFrom('[]', '[alertname]', '[alertname, severity]', "['...']"),
  continues: fc.boolean(),
  tellsEnds: fc.boolean(),
  toggles: fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { maxLength: 4 }), {
    minLength: STEPS,
    maxLength: STEPS,
  }),
})

/** The fixed scenarios, and as many by chance as wanted: the same for the same seed. */
export function scenarios(seed: number, count: number): readonly Scenario[] {
  const drawn = fc.sample(anyScenario, { seed, numRuns: count })
  return [...fixed, ...drawn.map((one, i) => ({ ...byChance(one), name: `seed-${seed}-${i}` }))]
}

function byChance({
  groupBy,
  continues,
  tellsEnds,
  toggles,
}: typeof anyScenario extends fc.Arbitrary<infer T> ? T : never) {
  const firing = new Set<number>()
  const steps = toggles.map((step) =>
    step.map((i) => {
      const labels = {
        alertname: i % 2 === 0 ? 'Even' : 'Odd',
        severity: i < 4 ? 'critical' : 'warning',
        instance: String(i),
      }
      if (firing.delete(i)) return ends(labels)
      firing.add(i)
      return fires(labels)
    }),
  )
  return {
    routes: `{ receiver: R-all, group_by: ${groupBy}, routes: [
      { matchers: [severity="critical"], receiver: R-pager, continue: ${continues} },
      { matchers: ['alertname!="Odd"'], receiver: R-team, group_by: [severity] }] }`,
    receivers: { all: true, pager: tellsEnds, team: true },
    inhibitRules: ['{ source_matchers: [instance="0"], target_matchers: [instance=~"5|6|7"] }'],
    steps,
  }
}
