import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { metricCatalogue } from '@tocsin/contract'
import { describe, expect, test } from 'vitest'
import {
  checkExpression,
  checkRules,
  knownMetrics,
  type LabelNames,
  loadPacks,
  loadRunbook,
  operationRules,
  packNames,
  SPAN_ALERT,
  spanAlertRule,
} from '../src/mod.ts'

const folder = fileURLToPath(new URL('../../../docs/runbooks/', import.meta.url))

const alerts = packNames().flatMap((pack) =>
  loadPacks([pack]).flatMap((group) =>
    group.rules.flatMap((rule) =>
      rule.kind === 'alerting' ? [{ pack, rule, page: `${pack}/${rule.name}.md` }] : [],
    ),
  ),
)
const surroundings = { windowMs: 300_000, holdMs: 300_000, runbooksURL: 'http://localhost:3003/runbooks' }
const signal = { threshold: 0.5, note: '' }
const dynamic = [
  ...operationRules(
    { service: 'shop', name: 'GET /', kind: 'SPAN_KIND_SERVER' },
    {
      errors: { ...signal, severity: 'high' },
      latency: { ...signal, severity: 'medium' },
      quantile: 0.95,
      minCalls: 20,
      minFailures: 3,
    },
    surroundings,
  ),
  spanAlertRule('shop', SPAN_ALERT, surroundings),
].map((rule) => ({ rule, page: `dynamic/${rule.alert}.md` }))
const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md') && name !== 'README.md')
  .sort()

const recorded = loadPacks().flatMap((group) =>
  group.rules.flatMap(({ kind, name }): [string, LabelNames][] =>
    kind === 'recording' ? [[name, undefined]] : [],
  ),
)
const known = new Map([...knownMetrics(metricCatalogue), ...recorded])

test('every alert of the packs has its page, and every page its alert', () => {
  expect(pages).toEqual([...alerts, ...dynamic].map(({ page }) => page).sort())
})

describe.each(alerts)('$page', ({ pack, rule, page }) => {
  const text = loadRunbook(pack, rule.name) ?? ''

  test('is linked by its alert, and says its severity and how long that takes', () => {
    const annotation = (name: string) => rule.annotations.find((one) => one.name === name)?.text
    expect(annotation('runbook_url')).toBe(`http://localhost:3003/runbooks/${pack}/${rule.name}`)
    expect(annotation('summary')).toBeTruthy()
    expect(annotation('description')).toBeTruthy()
    const severity = rule.labels.find(({ name }) => name === 'severity')?.text
    expect(severity).toMatch(/^(low|medium|high|critical)$/)
    expect(rule.labels.find(({ name }) => name === 'category')?.text).toBe(pack)
    expect(text.split('\n')[0]).toBe(`# ${rule.name}`)
    expect(text).toContain(`severity **${severity}**`)
    for (const part of ['**Impact.**', '## Find out', '## What to do']) expect(text).toContain(part)
  })

  checkPage(page, text)
})

describe.each(dynamic)('$page', ({ rule, page }) => {
  const text = loadRunbook('dynamic', rule.alert) ?? ''

  test('is linked by its alert, and asks for what there is', () => {
    expect(rule.annotations['runbook_url']).toBe(`http://localhost:3003/runbooks/dynamic/${rule.alert}`)
    expect(rule.labels['category']).toBe('dynamic')
    expect(text.split('\n')[0]).toBe(`# ${rule.alert}`)
    expect(text).toContain(`severity **${rule.labels['severity'] ?? 'of the span'}**`)
    for (const part of ['**Impact.**', '## Find out', '## What to do']) expect(text).toContain(part)
    expect(checkExpression(rule.expr, known).faults).toEqual([])
  })

  checkPage(page, text)
})

function checkPage(page: string, text: string): void {
  test('asks for what there is', () => {
    const queries = [
      ...text.matchAll(/```promql\n([\s\S]+?)\n```/g),
      ...text.matchAll(/tocsin query '([^']+)'/g),
    ]
    expect(queries.length).toBeGreaterThan(0)
    for (const [, query = ''] of queries)
      expect({ query, faults: checkExpression(query, known).faults }).toEqual({ query, faults: [] })
  })

  test('has links that lead somewhere', () => {
    for (const [, target = ''] of text.matchAll(/\]\(([^)]+\.md)\)/g))
      expect(existsSync(join(folder, dirname(page), target)), target).toBe(true)
  })
}

test('the index lists every page', () => {
  const index = readFileSync(join(folder, 'README.md'), 'utf8')
  expect([...index.matchAll(/\]\(([^)]+\.md)\)/g)].map(([, target]) => target).sort()).toEqual(pages)
})

test('runbooks are linked to where the evaluator is', () => {
  const groups = loadPacks(['api'], { runbooksURL: 'https://tocsin.example.com/runbooks' })
  const links = groups.flatMap(({ rules }) =>
    rules
      .flatMap((rule) => (rule.kind === 'alerting' ? rule.annotations : []))
      .filter(({ name }) => name === 'runbook_url'),
  )
  expect(links.length).toBeGreaterThan(0)
  for (const { text } of links) expect(text).toMatch(/^https:\/\/tocsin\.example\.com\/runbooks\/api\/\w+$/)
})

test('a page that is not there, or elsewhere, is not served', () => {
  expect(loadRunbook('api', 'Nothing')).toBeUndefined()
  expect(loadRunbook('..', 'metrics')).toBeUndefined()
  expect(loadRunbook('api', '../../metrics')).toBeUndefined()
  expect(checkRules(loadPacks(), knownMetrics(metricCatalogue))).toEqual([])
})
