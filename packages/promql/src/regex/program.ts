import type { RE2JS } from 're2js'

/** What an instruction of a compiled expression does. */
export const OP = {
  /** Goes on at `outs` and at `args`; the first is preferred. */
  fork: 1,
  /** Notes the position as the group boundary `args`, and goes on. */
  mark: 2,
  /** Goes on where the conditions `args` hold. */
  assert: 3,
  fail: 4,
  match: 5,
  pass: 6,
  /** Takes one character, and goes on. */
  take: 7,
} as const

/** Instructions looked at between two pauses of a run: a tenth of a millisecond. */
export const WORK_PER_STEP = 8192

/** A compiled expression, to be run from `start`: what stands at one index of the arrays is one instruction. */
export interface Program {
  readonly start: number
  readonly ops: Uint8Array
  readonly outs: Uint16Array
  readonly args: Int32Array
  /** Whether a `take` instruction takes this code point. */
  takes(instruction: number, rune: number): boolean
  readonly groupCount: number
  readonly groupNames: Readonly<Record<string, number>>
}

// This file and conditions.ts alone know the insides of re2js, of the version that package.json pins: the numbers of
// its instructions, of which 12 and 13 are for look-behind only, and the bits of its conditions.
const OPS = [
  undefined,
  OP.fork,
  OP.fork,
  OP.mark,
  OP.assert,
  OP.fail,
  OP.match,
  OP.pass,
  OP.take,
  OP.take,
  OP.take,
  OP.take,
]
const CONDITIONS = 0b111111

interface Instruction {
  readonly op: number
  readonly out: number
  readonly arg: number
  matchRune(rune: number): boolean
}

/** Reads the program that re2js compiled. @throws Error when it does not look as re2js 2.10 makes it */
export function readProgram(regex: RE2JS): Program {
  const { inst, start }: { inst?: unknown; start?: unknown } = regex.re2().prog
  if (!Array.isArray(inst) || inst.length > 0xffff) throw unexpected('a list of instructions')
  const count = inst.length
  const groupCount = regex.groupCount()
  const instructions = inst.map((candidate: unknown) => {
    if (isInstruction(candidate, count, groupCount)) return candidate
    throw unexpected('an instruction')
  })
  if (!isBelow(count, start)) throw unexpected('a start')
  return {
    start,
    ops: Uint8Array.from(instructions, ({ op }) => OPS[op] ?? OP.fail),
    outs: Uint16Array.from(instructions, ({ out }) => out),
    args: Int32Array.from(instructions, ({ arg }) => arg),
    takes: (instruction, rune) => instructions[instruction]?.matchRune(rune) ?? false,
    groupCount,
    groupNames: regex.namedGroups(),
  }
}

function isInstruction(candidate: unknown, count: number, groupCount: number): candidate is Instruction {
  if (typeof candidate !== 'object' || candidate === null) return false
  const { op = 0, out, arg, matchRune } = candidate as Partial<Instruction>
  const known = OPS[op]
  if (known === undefined || !isBelow(count, out) || typeof matchRune !== 'function') return false
  if (known === OP.fork) return isBelow(count, arg)
  if (known === OP.mark) return isBelow(2 * (groupCount + 1), arg)
  return known === OP.assert ? isBelow(CONDITIONS + 1, arg) : Number.isInteger(arg)
}

function isBelow(limit: number, candidate: unknown): candidate is number {
  return Number.isInteger(candidate) && Number(candidate) >= 0 && Number(candidate) < limit
}

function unexpected(what: string): Error {
  return new Error(
    `re2js compiled to a program with ${what} unlike those of its version 2.10: read them anew here`,
  )
}
