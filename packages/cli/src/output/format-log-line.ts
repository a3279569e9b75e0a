import type { Colors } from 'picocolors/types.js'

const LEVELS: Readonly<Record<string, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

// What is in every line, or has a place of its own in the line.
const NOT_SHOWN = new Set([
  'level',
  'time',
  'msg',
  'pid',
  'hostname',
  'name',
  'service',
  'version',
  'instance',
  'err',
  'v',
])

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const parsed: unknown = JSON.parse(line)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function clockTime(time: unknown): string {
  const date = new Date(typeof time === 'number' || typeof time === 'string' ? time : Number.NaN)
  return Number.isNaN(date.getTime()) ? '' : `${date.toTimeString().slice(0, 8)} `
}

function errorText(error: unknown): string {
  if (typeof error !== 'object' || error === null) return error === undefined ? '' : ` ${String(error)}`
  const { message, stack } = error as { message?: unknown; stack?: unknown }
  return typeof stack === 'string' ? `\n${stack}` : ` ${String(message ?? JSON.stringify(error))}`
}

const value = (item: unknown): string => (typeof item === 'string' ? item : JSON.stringify(item))

/** Makes a line of pino's JSON readable: time, level, message, fields, stack. Any other line is left as it is. */
export function formatLogLine(line: string, colors: Colors): string {
  const entry = parse(line)
  if (!entry || entry['msg'] === undefined) return line
  const level = LEVELS[String(entry['level'])] ?? String(entry['level'] ?? 'info')
  const paint =
    { warn: colors.yellow, error: colors.red, fatal: colors.red }[level] ?? ((text: string) => text)
  const fields = Object.entries(entry)
    .filter(([key, item]) => !NOT_SHOWN.has(key) && item !== undefined)
    .map(([key, item]) => `${key}=${value(item)}`)
  const details = fields.length > 0 ? colors.dim(` ${fields.join(' ')}`) : ''
  const label = level === 'info' ? '' : `${paint(level)} `
  return `${colors.dim(clockTime(entry['time']))}${label}${paint(String(entry['msg']))}${details}${errorText(entry['err'])}`
}
