import { parseNumber } from '../syntax/numbers.ts'

/** One value of a series in a script; `converted` is a native histogram made of classic buckets. */
export type SequenceValue = number | 'gap' | 'stale' | 'histogram' | 'converted'

const TOKEN = /\{\{.*?\}\}(?:[+-]\{\{.*?\}\})?(?:x\d+)?|\S+/g
const NUMBER = String.raw`[+-]?(?:0x[0-9a-f]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf|nan)`
const EXPANSION = new RegExp(String.raw`^(${NUMBER})(?:([+-])(${NUMBER}))?x(\d+)$`, 'i')

/** Reads values in the notation of Prometheus' test scripts: `1 2 _ stale 0+10x5 3x4 _x2 {{…}}`. */
export function parseValues(text: string): SequenceValue[] {
  return [...text.matchAll(TOKEN)].flatMap(([token]) => expand(token))
}

function expand(token: string): SequenceValue[] {
  const times = Number(/x(\d+)$/.exec(token)?.[1] ?? 0)
  if (token.startsWith('{{')) return new Array<SequenceValue>(times + 1).fill('histogram')
  if (token === '_') return ['gap']
  if (/^_x\d+$/.test(token)) return new Array<SequenceValue>(times).fill('gap')
  if (token === 'stale') return ['stale']
  const expansion = EXPANSION.exec(token)
  if (!expansion) return [parseSignedNumber(token)]
  const [, first = '', sign, step = '0'] = expansion
  const increment = parseSignedNumber(step) * (sign === '-' ? -1 : 1)
  const values: number[] = [parseSignedNumber(first)]
  // Added up step by step, as the scripts' own runner does: rounding is part of the data.
  for (let i = 0; i < times; i++) values.push((values[i] ?? 0) + (sign === undefined ? 0 : increment))
  return values
}

/** A number with an optional sign. @throws Error naming the text */
export function parseSignedNumber(text: string): number {
  const value = parseNumber(text.replace(/^[+-]/, ''))
  if (value === undefined) throw new Error(`"${text}" is no number`)
  return text.startsWith('-') ? -value : value
}
