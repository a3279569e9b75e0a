import { expect, test } from 'vitest'
import { parseRuleFile } from './parse-rule-file.ts'

const group = (rules: string, more = '') => `groups:\n  - name: g\n${more}    rules:\n${rules}`

test('reads groups and rules with all their fields', () => {
  const [first] = parseRuleFile(
    'all.yml',
    `groups:
  - name: g
    interval: 30s
    limit: 5
    query_offset: 1m
    labels: { team: ops, severity: low }
    rules:
      - alert: Down
        expr: up == 0
        for: 1h30m
        keep_firing_for: 90s
        labels: { severity: page }
        annotations: { summary: '{{ $labels.instance }} is down' }
      - record: job:up:sum
        expr: sum by (job) (up)
        labels: { agg: "1e3" }
`,
  )
  expect(first).toMatchObject({
    name: 'g',
    file: 'all.yml',
    origin: 'file',
    intervalMs: 30_000,
    limit: 5,
    queryOffsetMs: 60_000,
  })
  const [alert, record] = first?.rules ?? []
  expect(alert).toMatchObject({
    kind: 'alerting',
    name: 'Down',
    query: { text: 'up == 0' },
    forMs: 5_400_000,
    keepFiringForMs: 90_000,
    labels: [
      { name: 'team', text: 'ops' },
      { name: 'severity', text: 'page' },
    ],
    annotations: [{ name: 'summary' }],
  })
  expect(record).toMatchObject({
    kind: 'recording',
    name: 'job:up:sum',
    labels: { team: 'ops', severity: 'low', agg: '1e3' },
  })
})

test('takes what Prometheus takes: empty files, anchors, merge keys, scalars of any type as texts', () => {
  expect(parseRuleFile('empty.yml', '')).toEqual([])
  expect(parseRuleFile('empty.yml', '# nothing\n')).toEqual([])
  const [g] = parseRuleFile(
    'anchors.yml',
    group(`      - &down
        alert: A
        expr: &expr up == 0
        for:
        labels: { code: 500, flag: yes, none: null }
      - <<: *down
        alert: B
      - { alert: C, expr: *expr }
`),
  )
  expect(g?.rules.map(({ name, query }) => [name, query.text])).toEqual([
    ['A', 'up == 0'],
    ['B', 'up == 0'],
    ['C', 'up == 0'],
  ])
  const labels = g?.rules[0]?.kind === 'alerting' ? g.rules[0].labels : []
  expect(labels.map(({ name, text }) => [name, text])).toEqual([
    ['code', '500'],
    ['flag', 'yes'],
    ['none', ''],
  ])
})

test.each([
  [
    'an unknown field',
    group('      - { alert: A, expr: up, fro: 5m }\n'),
    'f.yml:4:31: group "g", rule 1: unknown field "fro"',
  ],
  [
    'an unknown field of a group',
    group('      []\n', '    intervall: 5m\n'),
    'f.yml:3:5: group: unknown field "intervall"',
  ],
  ['an unknown field at the top', 'gruops: []\n', 'f.yml:1:1: unknown field "gruops"'],
  [
    'an expression',
    group('      - alert: A\n        expr: sum(up\n'),
    'f.yml:5:15: group "g", rule 1, "A": could not parse expression: 1:',
  ],
  [
    'an expression that no rule can have',
    group('      - { alert: A, expr: "up[5m]" }\n'),
    'a rule gives a vector or a scalar, not a matrix',
  ],
  [
    'no expression',
    group('      - { alert: A }\n'),
    `group "g", rule 1, "A": field 'expr' must be set in rule`,
  ],
  ['no name', group('      - { expr: up }\n'), `one of 'record' or 'alert' must be set`],
  [
    'two names',
    group('      - { alert: A, record: b, expr: up }\n'),
    `only one of 'record' and 'alert' must be set`,
  ],
  [
    'a duration',
    group('      - { alert: A, expr: up, for: 5 minutes }\n'),
    'f.yml:4:36: group "g", rule 1, "A": for: not a valid duration string: "5 minutes"',
  ],
  [
    'a label name',
    group('      - { alert: A, expr: up, labels: { a-b: x } }\n'),
    'invalid label name: "a-b"',
  ],
  [
    'the label __name__',
    group('      - { alert: A, expr: up, labels: { __name__: x } }\n'),
    'invalid label name: "__name__"',
  ],
  ['a metric name', group('      - { record: "a{b}", expr: up }\n'), 'invalid recording rule name: "a{b}"'],
  [
    'for in a recording rule',
    group('      - { record: a, expr: up, for: 5m }\n'),
    `invalid field 'for' in recording rule`,
  ],
  [
    'annotations in a recording rule',
    group('      - { record: a, expr: up, annotations: { a: b } }\n'),
    `invalid field 'annotations' in recording rule`,
  ],
  [
    'a template',
    group('      - { alert: A, expr: up, annotations: { s: "{{ $x }}" } }\n'),
    'annotation "s": template: __alert_A:1:3: undefined variable "$x"',
  ],
  [
    'a repeated group',
    `${group('      []\n')}  - name: g\n    rules: []\n`,
    'f.yml:5:5: group "g": this name is repeated in the file',
  ],
  ['a group without a name', 'groups:\n  - rules: []\n', 'f.yml:2:5: group: a group must have a name'],
  [
    'a limit',
    group('      []\n', '    limit: many\n'),
    'f.yml:3:12: group "g": limit: expected a whole number, got "many"',
  ],
  ['bad YAML', 'groups:\n\t- name: g\n', 'f.yml:2:'],
  ['a repeated key', 'groups: []\ngroups: []\n', 'f.yml:2:1: not valid YAML: Map keys must be unique'],
  ['two documents', 'groups: []\n---\ngroups: []\n', 'one document a file'],
  ['a list where a mapping belongs', '- a\n', 'f.yml:1:1: expected a mapping with groups'],
])('refuses %s with its place and reason', (_what, source, message) => {
  expect(() => parseRuleFile('f.yml', source)).toThrow(message)
})

test('tells every fault of a file at once, and none of its rules is taken', () => {
  const source = group(
    '      - { alert: A, expr: "sum(" }\n      - { alert: B, expr: up, for: x }\n      - { alert: C, expr: up }\n',
  )
  try {
    parseRuleFile('f.yml', source)
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid_rules', retryable: false, file: 'f.yml' })
    expect((error as { faults: unknown[] }).faults).toMatchObject([{ line: 4 }, { line: 5 }])
  }
})
