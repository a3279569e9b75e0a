import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import pc from 'picocolors'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCheck } from '../src/rules/run-check.ts'
import { runTestFiles } from '../src/rules/run-tests.ts'

const run = promisify(execFile)
const samples = join(import.meta.dirname, 'rules')
const filesOf = (folder: string) =>
  readdirSync(join(samples, folder)).map((name) => join(samples, folder, name))

/** What a command prints and remarks, without colours, and its exit code. */
function tell(command: (output: Parameters<typeof runCheck>[2]) => number) {
  const lines: string[] = []
  const say = (text: string) => void lines.push(text.replaceAll(`${samples}/`, ''))
  const code = command({ print: say, remark: say, colors: pc.createColors(false), columns: 100 })
  return { code, text: lines.join('\n') }
}

/** Its exit code. */
const promtool = (...args: string[]) =>
  run('promtool', args).then(
    () => 0,
    ({ code }: { code: number }) => code,
  )

describe('tocsin rules test and promtool', () => {
  test.each(filesOf('passing').map((file) => [relative(samples, file), file]))(
    'both pass %s',
    async (_, file = '') => {
      expect(tell((output) => runTestFiles([file], output))).toMatchObject({ code: 0 })
      expect(await promtool('test', 'rules', file)).toBe(0)
    },
  )

  test.each(['failing', 'broken'].flatMap(filesOf).map((file) => [relative(samples, file), file]))(
    'both fail %s',
    async (_, file = '') => {
      const { code, text } = tell((output) => runTestFiles([file], output))
      expect({ code, text }).toMatchObject({ code: 1, text: expect.stringMatching(/\.yml:(\d+:\d+)?/) })
      expect(await promtool('test', 'rules', file)).not.toBe(0)
    },
  )
})

describe('tocsin rules test', () => {
  const shown = (name: string) => tell((output) => runTestFiles([join(samples, name)], output)).text

  test.each([
    [
      'failing/other-label.yml',
      `✗ failing/other-label.yml: 1 of 1 tests fail
  test 1
  failing/other-label.yml:6:23: QueueLong at 2m
      - {team="shops", alertname="QueueLong"} does not fire
      + {team="shop", alertname="QueueLong"} fires`,
    ],
    ['failing/other-value.yml', '      - queue_length 20.000000000000004\n      + queue_length 20'],
    ['failing/other-annotation.yml', '        {team="shop", alertname="QueueLong"}\n      -   summary: none'],
    [
      'failing/rule-fails.yml',
      'rule Clash fails at 0s: vector contains metrics with the same labelset after applying alert labels',
    ],
    ['broken/bad-rules.yml', 'refused.rules.yml:8:9: group "g", rule 2: unknown field "fro"'],
    ['broken/bad-series.yml', '3:74: test 1: series up: "0+1y5" is no number'],
  ])('shows what is wrong with %s', (name, expected) => {
    expect(shown(name)).toContain(expected)
  })

  test('says which rules it did not find, where a test would pass without them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tocsin-tests-'))
    try {
      const write = (text: string) => writeFileSync(join(folder, 'a.test.yml'), text)
      write(`rule_files: ['${samples}/shop.rules.yml']
group_eval_order: [third]
tests: [{ interval: 1m, alert_rule_test: [{ eval_time: 1m, alertname: FewOrder }] }]`)
      const tested = () => tell((output) => runTestFiles([folder], output))
      expect(tested()).toMatchObject({
        code: 0,
        text: expect.stringContaining('no rule has the alert FewOrder\n'),
      })
      expect(tested().text).toContain('group_eval_order: there is no group third')
      write('rule_files: [nothing-*.yml]\ntests: [{ interval: 1m }]')
      expect(tested()).toMatchObject({
        code: 1,
        text: expect.stringMatching(/no file matches .*nothing-\*\.yml/),
      })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('tocsin rules check', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tocsin-rules-'))
    writeFileSync(
      join(folder, 'a.yml'),
      `groups:
  - name: a
    rules:
      - record: shop:orders:rate5m
        expr: sum(rate(http_request_total[5m]))
      - alert: Slow
        expr: db:slow:ratio > 0.5
      - alert: Slow
        expr: sum by (path) (http_requests_total) > 0.5
`,
    )
    writeFileSync(
      join(folder, 'b.yaml'),
      'groups: [{ name: b, rules: [{ record: "db:slow:ratio", expr: "avg(up)" }, { alert: Mine, expr: my_own_thing > 1 }] }]',
    )
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const checked = (paths: string[], flags: { lint?: string; lintFatal?: boolean } = {}) => {
    const { code, text } = tell((output) => runCheck(paths, { lint: 'all', ...flags }, output))
    return { code, lines: text.replaceAll(`${folder}/`, '').split('\n') }
  }

  test('takes what is valid, and warns of what is likely wrong, with its place', () => {
    expect(checked([folder])).toEqual({
      code: 0,
      lines: [
        '✓ a.yml: 2 alerts, 1 recording rule',
        '✓ b.yaml: 1 alert, 1 recording rule',
        '! a.yml:9:15: Slow is there already with the same labels, at a.yml:7:15',
        '! a.yml:5:15: shop:orders:rate5m: http_request_total: no such metric is in the catalogue; is it http_requests_total?',
        '! a.yml:9:15: Slow: sum by (path) (http_requests_total): what is grouped has not the label path; there are instance, method, route, service, status_code',
        '! b.yaml:1:96: Mine: my_own_thing: no such metric is in the catalogue',
      ],
    })
    expect(checked([folder], { lintFatal: true }).code).toBe(3)
    expect(checked([folder], { lint: 'duplicates' }).lines).toHaveLength(3)
    expect(checked([folder], { lint: 'none', lintFatal: true })).toMatchObject({
      code: 0,
      lines: { length: 2 },
    })
  })

  test('refuses what promtool refuses, with every fault', async () => {
    const file = join(samples, 'refused.rules.yml')
    expect(checked([file, join(samples, 'shop.rules.yml')], { lint: 'none' })).toEqual({
      code: 1,
      lines: [
        '✓ shop.rules.yml: 2 alerts, 3 recording rules',
        '✗ refused.rules.yml:5:15: group "g", rule 1, "A": could not parse expression: 1:7: parse error: unclosed left parenthesis',
        '✗ refused.rules.yml:8:9: group "g", rule 2: unknown field "fro"; there are record, alert, expr, for, keep_firing_for, labels, annotations',
      ],
    })
    expect(await promtool('check', 'rules', file)).toBe(1)
    expect(await promtool('check', 'rules', join(samples, 'shop.rules.yml'))).toBe(0)
  })

  test.each([
    ['a file that is not there', ['/nowhere.yml'], {}, '/nowhere.yml cannot be read: ENOENT'],
    ['a folder without any', [join(samples, '..', '..', 'src')], {}, 'holds no *.yml or *.yaml'],
    ['a lint that there is not', [samples], { lint: 'alls' }, '--lint alls: there are all, duplicates, none'],
  ])('%s is a wrong use', (_, paths, flags, message) => {
    expect(() => checked(paths, flags)).toThrow(
      expect.objectContaining({ code: 'bad-usage', message: expect.stringContaining(message) }),
    )
  })
})
