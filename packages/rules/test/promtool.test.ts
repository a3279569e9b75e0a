import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findProgram } from '@tocsin/servers'
import { expandTemplate, parseTemplate } from '@tocsin/templates'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  loadPacks,
  operationRules,
  packNames,
  parseRuleFile,
  RuleError,
  spanAlertRule,
  writeRules,
} from '../src/mod.ts'

const run = promisify(execFile)
const program = findProgram(['promtool'])
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-promtool-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function promtool(...args: string[]) {
  if (program === undefined) throw new Error('promtool is not installed: install the package prometheus')
  return run(program, args, { cwd: folder })
}

test('promtool accepts every shipped pack', async () => {
  const files = packNames().map((name) => new URL(`../packs/${name}.yaml`, import.meta.url).pathname)
  const { stdout } = await promtool('check', 'rules', '--lint-fatal', ...files)
  expect(stdout.match(/SUCCESS/g)).toHaveLength(files.length)
})

test('promtool accepts the rules that are made of traces, whatever an operation is called', async () => {
  const surroundings = {
    windowMs: 300_000,
    holdMs: 90_000,
    runbooksURL: 'https://tocsin.example.com/runbooks',
    traceURL: 'https://traces.example.com/{traceId}',
  }
  const signal = { threshold: 0.5, severity: 'high', note: 'learnt {{ from }} "nothing"' } as const
  const thresholds = { errors: signal, latency: signal, quantile: 0.99, minCalls: 20, minFailures: 3 }
  const names = ['GET /cart', 'a "b" {{ $x }} \\ `c`\n\t%q', '{{', 'größer 🛒']
  const rules = names.flatMap((name) => [
    ...operationRules(
      { service: `${name} service`, name, kind: 'SPAN_KIND_SERVER' },
      thresholds,
      surroundings,
    ),
    spanAlertRule(`${name} service`, name, surroundings),
  ])
  const file = join(folder, 'dynamic.yml')
  await writeFile(file, writeRules('dynamic', rules))
  const { stdout } = await promtool('check', 'rules', '--lint-fatal', file)
  expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`)
})

test.each(packNames())(
  'promtool finds the pack %s to do what its tests say',
  async (name) => {
    const { stdout } = await promtool(
      'test',
      'rules',
      new URL(`packs/${name}.test.yml`, import.meta.url).pathname,
    )
    expect(stdout).toContain('SUCCESS')
  },
  60_000,
)

test('packs are chosen by name, and an unknown one is refused with those there are', () => {
  expect(new Set(loadPacks(['system']).map(({ file, origin }) => `${origin} ${file}`))).toEqual(
    new Set(['pack pack:system']),
  )
  expect(loadPacks([])).toEqual([])
  expect(() => loadPacks(['sytsem'])).toThrow(/there is no such rule pack; there are agent, api, /)
})

test('promtool and we refuse the same files', async () => {
  const rules = (rule: string) => `groups: [{ name: g, rules: [${rule}] }]`
  const files = [
    rules('{ alert: A, expr: up }'),
    rules('{ alert: A, expr: up, for: 1h1m, keep_firing_for: 5m }'),
    rules(
      "{ alert: A, expr: up > 1, annotations: { tocsin_no_data: keep 2h, tocsin_resolve: 'up < 1', tocsin_flap: 6 in 10m } }",
    ),
    rules('{ alert: A, expr: up, for: 1m1h }'),
    rules('{ alert: A, expr: "up >" }'),
    rules('{ alert: A, expr: up, unknown: 1 }'),
    rules('{ record: "a b", expr: up }'),
    rules('{ record: a, expr: up, for: 5m }'),
    rules('{ record: a, expr: up, labels: { __name__: b } }'),
    rules('{ alert: A }'),
    rules('{ expr: up }'),
    rules("{ alert: A, expr: up, annotations: { a: '{{ if }}' } }"),
    rules("{ alert: A, expr: up, annotations: { a: '{{ nope }}' } }"),
    rules("{ alert: A, expr: up, annotations: { a: '{{ $value | humanize }}' } }"),
    rules("{ alert: A, expr: up, labels: { a: '{{ $labels.x' } }"),
    'groups: [{ name: g, rules: [] }, { name: g, rules: [] }]',
    'groups: [{ rules: [] }]',
    'groups: [{ name: g, interval: 5x }]',
    'groups: [{ name: g, limit: 5, interval: 1m }]',
    'nothing: 1',
    '',
  ]
  const verdicts = await Promise.all(
    files.map(async (source, i) => {
      const file = join(folder, `${i}.yml`)
      await writeFile(file, source)
      return promtool('check', 'rules', file).then(
        () => true,
        () => false,
      )
    }),
  )
  const ours = files.map((source) => {
    try {
      parseRuleFile('f.yml', source)
      return true
    } catch (error) {
      expect(error).toBeInstanceOf(RuleError)
      return false
    }
  })
  expect(ours).toEqual(verdicts)
})

// What the promtool of Debian 12 (2.42) knows; newer functions are in the table of expand.test.ts.
const TEMPLATES = [
  'plain',
  '{{ $value }}',
  '{{ $labels.job }} {{ .Labels.instance }} {{ .Value }}',
  '{{ $labels.nope }}|',
  '{{ $labels }}',
  '{{ printf "%.3f %e %g %d %5s|%-5s|%q %v %x %t %%" $value $value $value 7 "a" "b" "c" 1.5 255 true }}',
  '{{ printf "%08.3f|%+d|% d|%6.2f|%-8.1f|%x" 3.14159 5 5 2.5 2.25 "hi" }}',
  '{{ printf "%d %s" $value 5 }} {{ printf "%s" }} {{ printf "a" 1 }}',
  '{{ 1000000.0 }} {{ 123456789.0 }} {{ 0.00001 }} {{ 1e100 }} {{ 2.0 }} {{ 1.10 }}',
  '{{ humanize $value }} {{ humanize 0.0001234 }} {{ humanize 1e30 }} {{ humanize 999999.0 }} {{ humanize -1500.0 }}',
  '{{ humanize1024 $value }} {{ humanize1024 1e12 }} {{ humanize1024 0.5 }}',
  '{{ humanizeDuration $value }} {{ humanizeDuration 0.00123 }} {{ humanizeDuration -90061.5 }} {{ humanizeDuration 59.99999 }}',
  '{{ humanizePercentage 0.12345 }} {{ humanizePercentage 1.0 }} {{ humanizeTimestamp 1435065584.128 }}',
  '{{ title "aa bb-cc d_e" }} {{ toUpper "ä" }} {{ toLower "Ä" }} {{ stripPort "a:1" }} {{ reReplaceAll "(.)b" "$1-$1" "abcb" }}',
  '{{ match "^a" "abc" }} {{ match "b$" "abc" }}',
  '{{ if gt $value 100.0 }}a{{ else if lt $value 50.0 }}b{{ else }}c{{ end }}',
  '{{ if and (eq $labels.job "shop") (ne $labels.instance "x") }}y{{ end }}{{ if not $labels.nope }}n{{ end }}',
  '{{ or $labels.nope "d" }} {{ and 1 0 2 }} {{ len $labels }} {{ index $labels "job" }} {{ slice "abcdef" 1 3 }}',
  '{{ range $k, $v := $labels }}{{ $k }}={{ $v }},{{ end }}',
  '{{ range query "other" | sortByLabel "i" }}{{ .Labels.i }}:{{ .Value }} {{ else }}none{{ end }}',
  '{{ range query "missing" }}x{{ else }}none{{ end }}',
  '{{ with query "other{i=\'2\'}" }}{{ . | first | value }} {{ . | first | label "i" }}{{ end }}',
  '{{ (query "other" | sortByLabel "i" | first).Labels.i }} {{ query "1+1" | first | value | printf "%.1f" }}',
  '{{- 1 -}} x {{- "y" }} {{/* c */ -}} z',
  '{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $y := 3 }}{{ $y }}{{ end }}{{ $x }}',
  '{{ define "t" }}<{{ . }}>{{ end }}{{ template "t" $labels.job }}{{ template "t" 5 }}',
  '{{ html "<a>" }} {{ print 1 2 "a" "b" 3 }} {{ urlquery "a b&c" }} {{ js "it\'s" }}',
  '{{ le 1 1 }} {{ ge 2.5 1.5 }} {{ eq "a" "b" "a" }} {{ lt "a" "b" }}',
  '{{ range query "other" | sortByLabel "i" }}{{ if eq .Labels.i "2" }}{{ break }}{{ end }}{{ .Labels.i }}{{ end }}',
  '{{ (1435065584.128 | toTime).Format "Mon Jan _2 15:04:05.000 2006" }} {{ parseDuration "1h" }}',
  '{{ args 1 "b" }} {{ 0x1F }} {{ 07 }} {{ 1_0 }}',
]

test('templates expand as promtool expands them', async () => {
  const yaml = (text: string) => JSON.stringify(text)
  const annotations = TEMPLATES.map((text, i) => `a${i}: ${yaml(text)}`).join(', ')
  await writeFile(
    join(folder, 'templates.yml'),
    `groups: [{ name: g, rules: [{ alert: A, expr: 'level > 0', annotations: { ${annotations} } }] }]`,
  )
  const samples = [
    { labels: { __name__: 'other', i: '1' }, value: 10 },
    { labels: { __name__: 'other', i: '2' }, value: 0.25 },
  ]
  const context = {
    query: (expr: string) => {
      if (expr === '1+1') return [{ labels: {}, value: 2 }]
      if (expr === 'missing') return []
      return expr.includes("'2'") ? samples.slice(1) : samples
    },
    nowMs: 0,
    externalURL: '',
  }
  const labels = { __name__: 'level', instance: 'web:80', job: 'shop' }
  const ours = TEMPLATES.map((text) =>
    expandTemplate(parseTemplate(text, 'A'), { labels, externalLabels: {}, value: 123.456 }, context),
  )
  const expected = ours.map((text, i) => `a${i}: ${yaml(text)}`).join(', ')
  await writeFile(
    join(folder, 'templates_test.yml'),
    `rule_files: [templates.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - { series: 'level{job="shop",instance="web:80"}', values: '123.456' }
      - { series: 'other{i="1"}', values: '10' }
      - { series: 'other{i="2"}', values: '0.25' }
    alert_rule_test:
      - eval_time: 0m
        alertname: A
        exp_alerts:
          - exp_labels: { job: shop, instance: 'web:80' }
            exp_annotations: { ${expected} }
`,
  )
  const { stdout } = await promtool('test', 'rules', 'templates_test.yml').catch((error: unknown) => {
    throw new Error(`promtool expects otherwise:\n${String((error as { stdout?: string }).stdout)}`, {
      cause: error,
    })
  })
  expect(stdout).toContain('SUCCESS')
})
