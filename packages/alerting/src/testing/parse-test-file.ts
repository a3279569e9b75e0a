import { compile } from '@tocsin/promql'
import { type Field, RuleError, readYaml } from '@tocsin/rules'
import { withoutInstructions } from './compare.ts'
import { parseInputSeries, parseSeriesLabels } from './parse-input-series.ts'
import { createFieldReader, type FieldReader } from './read-fields.ts'
import type { AlertTest, ExpectedSample, ExprTest, TestFile, TestGroup } from './test-file.ts'

type YamlNode = Parameters<FieldReader['yaml']['fields']>[0]

const FILE_FIELDS = [
  'rule_files',
  'evaluation_interval',
  'group_eval_order',
  'fuzzy_compare',
  'tests',
] as const
const GROUP_FIELDS = [
  'name',
  'interval',
  'start_timestamp',
  'input_series',
  'alert_rule_test',
  'promql_expr_test',
  'external_labels',
  'external_url',
] as const
const MINUTE_MS = 60_000

/**
 * Reads a file of tests of rules, in the format of `promtool test rules`.
 * @throws RuleError `invalid_tests` with every fault, each with its line, column and reason
 */
export function parseTestFile(file: string, source: string): TestFile {
  const yaml = readYaml(file, source, 'invalid_tests')
  const reader = createFieldReader(yaml, '')
  const fields = yaml.root === null ? {} : (yaml.fields(yaml.root, '', FILE_FIELDS) ?? {})
  const evaluationIntervalMs = reader.durationMs(fields.evaluation_interval, MINUTE_MS) || MINUTE_MS
  const groupEvalOrder = readTexts(reader, fields.group_eval_order)
  const repeated = groupEvalOrder.find((name, i) => groupEvalOrder.indexOf(name) !== i)
  if (repeated !== undefined)
    yaml.fault(fields.group_eval_order?.value ?? null, '', `group_eval_order names ${repeated} twice`)
  const tests = yaml
    .items(fields.tests, 'tests')
    .map((node, i) => readGroup(reader.within(`test ${i + 1}`), node, evaluationIntervalMs))
  const parsed: TestFile = {
    file,
    ruleFiles: readTexts(reader, fields.rule_files),
    evaluationIntervalMs,
    groupEvalOrder,
    fuzzyCompare: reader.isTrue(fields.fuzzy_compare),
    tests: tests.filter((test) => test !== undefined),
  }
  if (yaml.faults.length > 0) throw new RuleError('invalid_tests', file, yaml.faults)
  return parsed
}

function readTexts({ yaml, where }: FieldReader, field: Field | undefined): readonly string[] {
  return yaml
    .items(field, where)
    .map((value) => (value && field && yaml.text({ ...field, value }, where)) ?? '')
}

function readGroup(outer: FieldReader, node: YamlNode, stepMs: number): TestGroup | undefined {
  const { yaml } = outer
  const fields = yaml.fields(node, outer.where, GROUP_FIELDS)
  if (!fields) return undefined
  const name = outer.text(fields.name)
  const reader = name === '' ? outer : outer.within(`${outer.where}, ${JSON.stringify(name)}`)
  const startMs = readStart(reader, fields.start_timestamp)
  const intervalMs = reader.durationMs(fields.interval, stepMs) || stepMs
  const cases = <T>(field: Field | undefined, read: (node: YamlNode) => T | undefined) =>
    yaml
      .items(field, reader.where)
      .map(read)
      .filter((one) => one !== undefined)
  return {
    name,
    startMs,
    inputSeries: cases(fields.input_series, (one) => readSeries(reader, one, startMs, intervalMs)),
    alertTests: cases(fields.alert_rule_test, (one) => readAlertTest(reader, one)),
    exprTests: cases(fields.promql_expr_test, (one) => readExprTest(reader, one, stepMs)),
    externalLabels: reader.texts(fields.external_labels),
    externalURL: reader.text(fields.external_url),
  }
}

/** Unix seconds, or a date. */
function readStart(reader: FieldReader, field: Field | undefined): number {
  const text = reader.text(field)
  if (text === '') return 0
  const ms = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  if (!Number.isNaN(ms)) return ms
  reader.yaml.fault(
    field?.value ?? null,
    reader.where,
    'start_timestamp: expected Unix seconds or a date such as 2026-01-31T09:30:00Z',
  )
  return 0
}

function readSeries(reader: FieldReader, node: YamlNode, startMs: number, intervalMs: number) {
  const fields = reader.yaml.fields(node, reader.where, ['series', 'values'])
  if (!fields) return undefined
  const [series, values] = [reader.text(fields.series), reader.text(fields.values)]
  return reader.attempt(fields.values ?? fields.series, `series ${series}`, () =>
    parseInputSeries(series, values, startMs, intervalMs),
  )
}

function readAlertTest(reader: FieldReader, node: YamlNode): AlertTest | undefined {
  const fields = reader.yaml.fields(node, reader.where, ['eval_time', 'alertname', 'exp_alerts'])
  if (!fields) return undefined
  const alertname = reader.text(fields.alertname)
  if (alertname === '') reader.yaml.fault(node, reader.where, 'alert_rule_test: alertname must be set')
  const expected = reader.yaml.items(fields.exp_alerts, reader.where).flatMap((one) => {
    const alert = reader.yaml.fields(one, reader.where, ['exp_labels', 'exp_annotations'])
    if (!alert) return []
    const labels = { ...reader.texts(alert.exp_labels), alertname }
    return [{ labels, annotations: withoutInstructions(reader.texts(alert.exp_annotations)) }]
  })
  const evalTimeMs = reader.durationMs(fields.eval_time, 0)
  return { place: reader.yaml.place(node), evalTimeMs, alertname, expected }
}

function readExprTest(reader: FieldReader, node: YamlNode, stepMs: number): ExprTest | undefined {
  const fields = reader.yaml.fields(node, reader.where, ['expr', 'eval_time', 'exp_samples'])
  if (!fields) return undefined
  const expr = reader.text(fields.expr)
  const compiled = reader.attempt(fields.expr, 'could not parse expression', () =>
    compile(expr, { subqueryStepMs: stepMs }),
  )
  const expected = reader.yaml
    .items(fields.exp_samples, reader.where)
    .map((one) => readSample(reader, one))
    .filter((sample) => sample !== undefined)
  const evalTimeMs = reader.durationMs(fields.eval_time, 0)
  return compiled && { place: reader.yaml.place(node), evalTimeMs, expr, compiled, expected }
}

function readSample(reader: FieldReader, node: YamlNode): ExpectedSample | undefined {
  const { yaml, where } = reader
  const fields = yaml.fields(node, where, ['labels', 'value', 'histogram'])
  if (!fields) return undefined
  if (fields.histogram)
    yaml.fault(fields.histogram.key, where, 'Tocsin keeps no native histograms: test classic ones, by le')
  const text = reader.text(fields.labels)
  const labels = reader.attempt(fields.labels, `labels ${text}`, () => parseSeriesLabels(text))
  return labels && { labels, value: reader.number(fields.value) }
}
