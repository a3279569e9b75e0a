import { setLabels } from '../eval/labels.ts'
import type { Labels } from '../storage.ts'
import { parseDuration } from '../syntax/durations.ts'
import { parseNumber } from '../syntax/numbers.ts'
import { parseExpr } from '../syntax/parse-expr.ts'
import { unquote } from '../syntax/strings.ts'
import { parseSignedNumber, parseValues, type SequenceValue } from './parse-values.ts'

/** A series with its values, as a script writes it. */
export interface ScriptSeries {
  readonly labels: Labels
  readonly values: readonly SequenceValue[]
}

/** What a message or a remark must be: present, equal to a text, or matching an expression. */
export interface Expectation {
  readonly message?: string
  readonly pattern?: RegExp
}

export interface LoadCommand {
  readonly kind: 'load'
  readonly stepMs: number
  readonly series: readonly ScriptSeries[]
  /** Classic histograms are also loaded as native ones with custom buckets. */
  readonly withNative: boolean
}

/** One evaluation and what must come of it. */
export interface EvalCommand {
  readonly kind: 'eval'
  readonly line: number
  readonly expr: string
  readonly startMs: number
  readonly endMs: number
  /** 0 for an instant query. */
  readonly stepMs: number
  readonly fail: Expectation | undefined
  readonly warn: readonly Expectation[]
  readonly info: readonly Expectation[]
  readonly noWarn: boolean
  readonly noInfo: boolean
  readonly ordered: boolean
  readonly text: string | undefined
  readonly scalar: number | undefined
  readonly series: readonly ScriptSeries[]
  /** Set when the result is a range vector: the times of its samples. */
  readonly samplesAt:
    | { readonly startMs: number; readonly endMs: number; readonly stepMs: number }
    | undefined
  readonly expectsHistograms: boolean
}

export type Command = LoadCommand | EvalCommand | { readonly kind: 'clear' }

/** Reads a script in the format of Prometheus' promqltest. @throws Error naming the line */
export function parseScript(script: string): Command[] {
  const lines = script.split('\n').map((line) => (line.trim().startsWith('#') ? '' : line.trim()))
  const commands: Command[] = []
  for (let i = 0; i < lines.length; ) {
    const head = lines[i] ?? ''
    const body: string[] = []
    const line = ++i
    if (head === '') continue
    while (head !== 'clear' && i < lines.length && lines[i] !== '') body.push(lines[i++] ?? '')
    try {
      commands.push(parseCommand(head, body, line))
    } catch (cause) {
      throw new Error(`line ${line}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    }
  }
  return commands
}

function parseCommand(head: string, body: readonly string[], line: number): Command {
  if (head === 'clear') return { kind: 'clear' }
  const load = /^load(_with_nhcb)?\s+(\S+)$/.exec(head)
  if (load) {
    const stepMs = parseTime(load[2] ?? '')
    return { kind: 'load', stepMs, series: body.map(parseSeries), withNative: load[1] !== undefined }
  }
  const instant = /^eval(?:_(\w+))?\s+instant\s+(?:at\s+(\S+)\s+)?(.*)$/.exec(head)
  if (instant) {
    const timeMs = parseTime(instant[2] ?? '0')
    return parseEval(instant[1], instant[3] ?? '', timeMs, timeMs, 0, body, line)
  }
  const range = /^eval(?:_(\w+))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.*)$/.exec(head)
  if (!range) throw new Error(`"${head}" is no command`)
  const [, mode, from = '', to = '', step = '', expr = ''] = range
  return parseEval(mode, expr, parseTime(from), parseTime(to), parseTime(step), body, line)
}

function parseEval(
  mode: string | undefined,
  expr: string,
  startMs: number,
  endMs: number,
  stepMs: number,
  body: readonly string[],
  line: number,
): EvalCommand {
  const warn: Expectation[] = mode === 'warn' ? [{}] : []
  const info: Expectation[] = mode === 'info' ? [{}] : []
  const series: ScriptSeries[] = []
  let fail: Expectation | undefined = mode === 'fail' ? {} : undefined
  let scalar: number | undefined
  let text: string | undefined
  let samplesAt: EvalCommand['samplesAt']
  const flags = new Set(mode === 'ordered' ? ['ordered'] : [])
  for (const entry of body) {
    const [, what = '', rest = ''] =
      /^expect\s+(no_warn|no_info|ordered|fail|warn|info|string|range vector)\s*(.*)$/.exec(entry) ?? []
    if (what === 'fail') fail = parseExpectation(rest)
    else if (what === 'warn') warn.push(parseExpectation(rest))
    else if (what === 'info') info.push(parseExpectation(rest))
    else if (what === 'string') text = unquote(rest)
    else if (what === 'range vector') samplesAt = parseSampleTimes(rest)
    else if (what !== '') flags.add(what)
    else if (isNumber(entry)) scalar = parseSignedNumber(entry)
    else if (fail && /^expected_fail_(?:message|regexp)\s/.test(entry)) {
      const [kind = '', ...words] = entry.split(/\s+/)
      fail = parseExpectation(`${kind.endsWith('message') ? 'msg' : 'regex'}: ${words.join(' ')}`)
    } else series.push(parseSeries(entry))
  }
  return {
    kind: 'eval',
    line,
    expr,
    startMs,
    endMs,
    stepMs,
    fail,
    warn,
    info,
    noWarn: flags.has('no_warn'),
    noInfo: flags.has('no_info'),
    ordered: flags.has('ordered'),
    text,
    scalar,
    series,
    samplesAt,
    expectsHistograms: series.some((one) => one.values.includes('histogram')),
  }
}

function isNumber(text: string): boolean {
  return parseNumber(text.replace(/^[+-]/, '')) !== undefined
}

function parseExpectation(text: string): Expectation {
  const [, kind, rest = ''] = /^(msg|regex):\s*(.*)$/.exec(text) ?? []
  if (kind === 'msg') return { message: rest }
  return kind === 'regex' ? { pattern: new RegExp(rest) } : {}
}

function parseSampleTimes(text: string): EvalCommand['samplesAt'] {
  const [, from = '', to = '', step = ''] = /^from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)$/.exec(text) ?? []
  return { startMs: parseTime(from), endMs: parseTime(to), stepMs: parseTime(step) }
}

/** A duration, or a number of seconds. */
function parseTime(text: string): number {
  return parseDuration(text) ?? parseSignedNumber(text) * 1000
}

/** A series and its values: `http_requests{job="api"} 0+10x5`. @throws Error */
export function parseSeries(line: string): ScriptSeries {
  const found =
    /^([^\s{]*\s*(?:\{(?!\{)(?:[^"'`}]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)*\})?)\s*(.*)$/.exec(line)
  if (!found) throw new Error(`"${line}" is no series`)
  return { labels: parseLabels((found[1] ?? '').trim()), values: parseValues(found[2] ?? '') }
}

/** Labels written as a selector of equalities: `up{job="api"}`, `{}`. @throws Error */
function parseLabels(text: string): Labels {
  if (/^\{\s*\}$/.test(text)) return setLabels({}, [])
  const name = /^[^{\s]+(?=\s*\{\s*\}$)/.exec(text)?.[0]
  const expr = parseExpr(name ?? text)
  if (expr.kind !== 'vector-selector') throw new Error(`"${text}" is no series`)
  return setLabels(
    {},
    expr.matchers.map((matcher) => [matcher.name, matcher.value] as const),
  )
}
