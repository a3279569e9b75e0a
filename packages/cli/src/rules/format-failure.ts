import type { Difference, TestFailure } from '@tocsin/alerting'
import { formatDuration } from '@tocsin/promql'
import type { Colors } from 'picocolors/types.js'
import { formatLabels } from '../query/format-labels.ts'

type Labels = Readonly<Record<string, string>>

/** Why a test fails, in lines: what was expected behind `-`, what came behind `+`. */
export function formatFailure(file: string, failure: TestFailure, colors: Colors): readonly string[] {
  if (failure.kind === 'rule') {
    const { name, evalTimeMs, reason } = failure
    return [`${file}: rule ${name} fails at ${formatDuration(evalTimeMs)}: ${reason}`]
  }
  const { place, evalTimeMs } = failure.test
  const at = (what: string) =>
    `${file}:${place.line}:${place.column}: ${what} at ${formatDuration(evalTimeMs)}`
  const marks: Marks = { gone: (text) => colors.red(`- ${text}`), come: (text) => colors.green(`+ ${text}`) }
  if (failure.kind === 'expr') return [`${at(failure.test.expr)}: ${failure.reason}`]
  const lines =
    failure.kind === 'alerts'
      ? failure.differences.flatMap((difference) => alertLines(difference, marks))
      : failure.differences.flatMap((difference) => sampleLines(difference, marks))
  const what = failure.kind === 'alerts' ? failure.test.alertname : failure.test.expr
  return [at(what), ...lines.map((line) => `    ${line}`)]
}

interface Marks {
  gone(text: string): string
  come(text: string): string
}

function alertLines(
  { expected, got }: Difference<{ readonly labels: Labels; readonly annotations: Labels }>,
  { gone, come }: Marks,
): readonly string[] {
  if (expected === undefined) return [come(`${formatLabels(got?.labels ?? {})} fires`)]
  if (got === undefined) return [gone(`${formatLabels(expected.labels)} does not fire`)]
  const names = new Set([...Object.keys(expected.annotations), ...Object.keys(got.annotations)])
  const differing = [...names].filter((name) => expected.annotations[name] !== got.annotations[name])
  const line = (of: Labels, name: string, mark: (text: string) => string) =>
    of[name] === undefined ? [] : [mark(`  ${name}: ${of[name]}`)]
  return [
    `  ${formatLabels(expected.labels)}`,
    ...differing.flatMap((name) => [
      ...line(expected.annotations, name, gone),
      ...line(got.annotations, name, come),
    ]),
  ]
}

function sampleLines(
  { expected, got }: Difference<{ readonly labels: Labels; readonly value: number }>,
  { gone, come }: Marks,
): readonly string[] {
  // Every digit: two values that look alike would not be told apart.
  const text = ({ labels, value }: { readonly labels: Labels; readonly value: number }) =>
    `${formatLabels(labels)} ${value}`
  return [...(expected ? [gone(text(expected))] : []), ...(got ? [come(text(got))] : [])]
}
