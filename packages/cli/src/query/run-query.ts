import { CliError } from '../errors.ts'
import type { Terminal } from '../output/terminal.ts'
import type { QueryData } from './answer.ts'
import { askBackend } from './ask-backend.ts'
import { type BackendEnv, chooseBackend } from './choose-backend.ts'
import { formatInstant } from './format-instant.ts'
import { formatTime } from './format-number.ts'
import { formatRange } from './format-range.ts'
import { pointAtError } from './point-at-error.ts'
import { readTimes, type TimeFlags, type When } from './read-times.ts'

/** The flags of `tocsin query`. */
export interface QueryFlags extends TimeFlags {
  readonly url?: string
  readonly json?: boolean
}

/** Asks, and shows the answer. @throws {CliError} `bad-usage`, `no-answer`, `query-failed` */
export async function runQuery(
  expr: string,
  flags: QueryFlags,
  env: BackendEnv,
  nowMs: number,
  output: Terminal,
): Promise<void> {
  const when = readTimes(flags, nowMs)
  const { text, answer } = await askBackend(chooseBackend(flags.url, env), ...formOf(expr, when))
  if (flags.json) output.print(text.trimEnd())
  if (answer.status === 'error') throw new CliError('query-failed', pointAtError(expr, answer.error))
  if (flags.json) return
  output.print(format(answer.data, when, output))
  for (const warning of answer.warnings) output.remark(`warning: ${warning}`)
  for (const info of answer.infos) output.remark(`info: ${info}`)
}

function formOf(expr: string, when: When): ['query' | 'query_range', Record<string, string>] {
  const seconds = (ms: number) => String(ms / 1000)
  if (when.kind === 'instant') {
    const { timeMs } = when
    return ['query', { query: expr, ...(timeMs !== undefined && { time: seconds(timeMs) }) }]
  }
  const { startMs, endMs, stepMs } = when
  return ['query_range', { query: expr, start: seconds(startMs), end: seconds(endMs), step: seconds(stepMs) }]
}

function format(data: QueryData, when: When, { colors, columns }: Terminal): string {
  if (Array.isArray(data.result) && data.result.length === 0) return describeNothing(when)
  if (when.kind === 'range' && data.resultType === 'matrix')
    return formatRange(data.result, { ...when, columns, colors })
  return formatInstant(data)
}

function describeNothing(when: When): string {
  if (when.kind === 'range') return `no series from ${formatTime(when.startMs)} to ${formatTime(when.endMs)}`
  return when.timeMs === undefined ? 'no series' : `no series at ${formatTime(when.timeMs)}`
}
