import { Gauge, Histogram, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import type { Family, FamilyType } from './family.ts'
import { mergeFamilies } from './merge-families.ts'
import { toFamilies } from './self-families.ts'
import { writeExposition } from './write-exposition.ts'
import { writeSeries } from './write-labels.ts'

interface TestSample {
  readonly name: string
  readonly labels: Record<string, string>
  readonly value: number
}

function family(
  name: string,
  type: FamilyType,
  samples: readonly TestSample[],
  help = '',
  unit = '',
): Family {
  const written = samples.map(({ labels, value, ...sample }) => ({
    text: writeSeries(sample.name, labels),
    value,
  }))
  return {
    ...{ name, type, help, unit },
    *write(lines, except) {
      for (const { text: of, value } of written) {
        const bytes = Buffer.from(of)
        if (!except?.has(of)) lines.line(bytes, 0, bytes.length, value)
        yield
      }
    },
    texts: () => written.map(({ text: of }) => of),
  }
}

function one(name: string, value: number, labels: Record<string, string> = {}): TestSample {
  return { name, labels: { __name__: name, ...labels }, value }
}

const text = (families: Iterable<Family>) => Buffer.concat([...writeExposition(families, 'text')]).toString()
const open = (families: Iterable<Family>) =>
  Buffer.concat([...writeExposition(families, 'openmetrics')]).toString()

test('a counter keeps its name in the text format, and its family loses _total in OpenMetrics', () => {
  const orders = family('orders_total', 'counter', [one('orders_total', 3, { region: 'eu' })], 'Orders.')
  expect(text([orders])).toBe(
    '# HELP orders_total Orders.\n# TYPE orders_total counter\norders_total{region="eu"} 3\n',
  )
  expect(open([orders])).toBe(
    '# TYPE orders counter\n# HELP orders Orders.\norders_total{region="eu"} 3\n# EOF\n',
  )
})

test('a counter without _total is of unknown type in OpenMetrics, which knows no such counter', () => {
  expect(open([family('orders', 'counter', [one('orders', 1)])])).toBe(
    '# TYPE orders unknown\norders 1\n# EOF\n',
  )
})

test('a counter whose family name is taken by a gauge is not declared twice', () => {
  const families = [
    family('orders', 'gauge', [one('orders', 1)]),
    family('orders_total', 'counter', [one('orders_total', 2)]),
  ]
  expect(open(families)).toBe(
    '# TYPE orders gauge\norders 1\n# TYPE orders_total unknown\norders_total 2\n# EOF\n',
  )
})

test('label values, help texts and special values are escaped as the formats say', () => {
  const tricky = family('t', 'gauge', [one('t', Number.NaN, { path: 'C:\\"new"\nline' })], 'a "b" \\ \n c')
  expect(text([tricky])).toBe(
    '# HELP t a "b" \\\\ \\n c\n# TYPE t gauge\nt{path="C:\\\\\\"new\\"\\nline"} NaN\n',
  )
  expect(open([tricky])).toContain('# HELP t a \\"b\\" \\\\ \\n c\n')
  const values = [Infinity, -Infinity, -0, 1e-9, 1e21].map((value, i) => one('v', value, { i: String(i) }))
  expect(text([family('v', 'gauge', values)])).toContain(
    'v{i="0"} +Inf\nv{i="1"} -Inf\nv{i="2"} -0\nv{i="3"} 1e-9\nv{i="4"} 1e+21\n',
  )
})

test('a unit is written only where it ends the name, as OpenMetrics demands', () => {
  const fits = family('lag_seconds', 'gauge', [one('lag_seconds', 1)], '', 'seconds')
  const differs = family('lag', 'gauge', [one('lag', 1)], '', 'seconds')
  expect(open([differs, fits])).toBe(
    '# TYPE lag gauge\nlag 1\n# TYPE lag_seconds gauge\n# UNIT lag_seconds seconds\nlag_seconds 1\n# EOF\n',
  )
})

test('a family without series leaves no trace', () => {
  expect(text([family('gone', 'gauge', []), family('gone_h', 'histogram', [])])).toBe('')
})

test('families of the process and of the head merge: one header each, and the process wins a tie', async () => {
  const registry = new Registry()
  new Gauge({ name: 'b', help: 'ours', labelNames: ['code'], registers: [registry] }).set({ code: 7 }, 1)
  new Histogram({ name: 'd', help: 'took', buckets: [0.1], registers: [registry] }).observe(0.05)
  const head = [
    family('a', 'gauge', [one('a', 1)]),
    family(
      'b',
      'counter',
      [one('b', 5, { code: '7', service: 'us' }), one('b', 6, { code: '7', service: 'others' })],
      'theirs',
    ),
  ]
  const own = toFamilies(await registry.getMetricsAsJSON(), { service: 'us' })
  expect(text(mergeFamilies(own, head))).toBe(
    [
      '# TYPE a gauge',
      'a 1',
      '# HELP b ours',
      '# TYPE b gauge',
      'b{code="7",service="us"} 1',
      'b{code="7",service="others"} 6',
      '# HELP d took',
      '# TYPE d histogram',
      'd_bucket{le="0.1",service="us"} 1',
      'd_bucket{le="+Inf",service="us"} 1',
      'd_sum{service="us"} 0.05',
      'd_count{service="us"} 1',
      '',
    ].join('\n'),
  )
})
