import type { FunctionName } from '../syntax/signatures.ts'

const DEGREES = 180 / Math.PI

/** Functions of one value, as Go's math package computes them. */
export const ELEMENTWISE: Readonly<Partial<Record<FunctionName, (x: number) => number>>> = {
  abs: Math.abs,
  acos: Math.acos,
  acosh: Math.acosh,
  asin: Math.asin,
  asinh: Math.asinh,
  atan: Math.atan,
  atanh: Math.atanh,
  ceil: Math.ceil,
  cos: Math.cos,
  cosh: Math.cosh,
  deg: (x) => x * DEGREES,
  exp: Math.exp,
  floor: Math.floor,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  rad: (x) => x / DEGREES,
  sgn: (x) => (x < 0 ? -1 : x > 0 ? 1 : x),
  sin: Math.sin,
  sinh: Math.sinh,
  sqrt: Math.sqrt,
  tan: Math.tan,
  tanh: Math.tanh,
}

/** Rounds to the nearest multiple; half a multiple goes up. */
export function roundTo(value: number, nearest: number): number {
  // The inverse keeps decimal multiples such as 0.1 exact.
  const inverse = 1 / nearest
  return Math.floor(value * inverse + 0.5) / inverse
}

const DAY_MS = 86_400_000

/** Parts of a time in UTC, of seconds since the epoch. */
export const TIME_PARTS: Readonly<Partial<Record<FunctionName, (date: Date) => number>>> = {
  day_of_month: (date) => date.getUTCDate(),
  day_of_week: (date) => date.getUTCDay(),
  day_of_year: (date) => (startOfDay(date) - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS + 1,
  days_in_month: (date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate(),
  hour: (date) => date.getUTCHours(),
  minute: (date) => date.getUTCMinutes(),
  month: (date) => date.getUTCMonth() + 1,
  year: (date) => date.getUTCFullYear(),
}

function startOfDay(date: Date): number {
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate())
}

/** The date of a sample value: whole seconds since the epoch. */
export function dateOf(seconds: number): Date {
  return new Date(Math.trunc(seconds) * 1000)
}
