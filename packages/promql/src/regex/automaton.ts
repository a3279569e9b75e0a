import { CONDITION, conditionsBetween, isWord, NEWLINE, NO_RUNE } from './conditions.ts'
import { OP, type Program, WORK_PER_STEP } from './program.ts'
import { addMember, createSparseSet, type SparseSet } from './sparse-set.ts'

/** Asks a compiled expression about values. */
export interface Automaton {
  /** Whether the expression matches all of a value; pauses after a fraction of a millisecond's work. */
  matches(value: string): Generator<void, boolean>
}

/** Where the run of an expression can be after some characters. */
interface State {
  /** The last character, or one that stands for all that the expression's assertions do not tell from it. */
  before: number
  /** The instructions to go on with: the first `count` of these. */
  readonly instructions: Uint16Array
  count: number
  /** The states after the characters that were seen here, by code point; absent in a state that is not kept. */
  readonly next: Transitions | undefined
  /** Whether the expression matches when the value ends here; undefined while nobody asked. */
  accepts: boolean | undefined
}

interface Transitions {
  readonly ascii: (State | undefined)[]
  readonly others: Map<number, State>
}

const ASCII = 128
/** What is kept may weigh this much, in numbers: about 1 MiB. */
const MOST_KEPT = 1 << 17
const STATE_WEIGHT = 256
const TRANSITION_WEIGHT = 8
/** States of more instructions are not kept: hostile expressions have a new one at each character. */
const MOST_INSTRUCTIONS_KEPT = 16

/**
 * Runs a program by its states: sets of instructions, which are made when a value first leads there. Values of the
 * usual kind soon find every state kept; a hostile expression has a new, large one at each character.
 */
export function createAutomaton(program: Program): Automaton {
  const { ops, outs, args, takes } = program
  const reached = createSparseSet(ops.length)
  const following = createSparseSet(ops.length)
  const asked = args.reduce((all, arg, i) => (ops[i] === OP.assert ? all | arg : all), 0)
  const states = new Map<string, State>()
  let first = createFirst()
  let kept = 0

  function createFirst(): State {
    return createState(NO_RUNE, Uint16Array.of(program.start), true)
  }

  /** Fills `following` with what a state's instructions come to over a character, and tells whether they match. */
  function follow(state: State, rune: number): boolean {
    const holding = conditionsBetween(state.before, rune)
    let matched = false
    reached.size = 0
    following.size = 0
    for (let i = 0; i < state.count; i++) addMember(reached, state.instructions[i] ?? 0)
    for (let i = 0; i < reached.size; i++) {
      const at = reached.members[i] ?? 0
      const out = outs[at] ?? 0
      const arg = args[at] ?? 0
      switch (ops[at]) {
        case OP.fork:
          addMember(reached, out)
          addMember(reached, arg)
          break
        case OP.mark:
        case OP.pass:
          addMember(reached, out)
          break
        case OP.assert:
          if ((arg & ~holding) === 0) addMember(reached, out)
          break
        case OP.match:
          matched = true
          break
        case OP.take:
          if (takes(at, rune)) addMember(following, out)
      }
    }
    return matched
  }

  /** The state of what `following` has. */
  function keptState(before: number): State {
    if (kept > MOST_KEPT) forget()
    const instructions = following.members.slice(0, following.size)
    const key = String.fromCharCode(before, ...instructions)
    const known = states.get(key)
    if (known) return known
    const state = createState(before, instructions, true)
    states.set(key, state)
    kept += STATE_WEIGHT + state.count
    return state
  }

  function forget(): void {
    states.clear()
    first = createFirst()
    kept = 0
  }

  return {
    *matches(value) {
      let state = first
      // States too large to keep replace each other, so that a long value leaves nothing to collect.
      let large: State | undefined
      let work = 0
      for (let i = 0; i < value.length; ) {
        const rune = value.codePointAt(i) ?? 0
        i += rune > 0xffff ? 2 : 1
        const known = rune < ASCII ? state.next?.ascii[rune] : state.next?.others.get(rune)
        if (known) {
          state = known
          work++
        } else {
          follow(state, rune)
          work += reached.size + following.size
          const before = representative(rune, asked)
          if (following.size > MOST_INSTRUCTIONS_KEPT) {
            large ??= createState(before, new Uint16Array(ops.length), false)
            state = refill(large, before, following)
          } else {
            const next = keptState(before)
            if (state.next) setTransition(state.next, rune, next)
            kept += TRANSITION_WEIGHT
            state = next
          }
        }
        if (state.count === 0) return false
        if (work >= WORK_PER_STEP) {
          work = 0
          yield
        }
      }
      state.accepts ??= follow(state, NO_RUNE)
      return state.accepts
    },
  }
}

function createState(before: number, instructions: Uint16Array, isKept: boolean): State {
  const next = isKept ? { ascii: new Array<undefined>(ASCII).fill(undefined), others: new Map() } : undefined
  return { before, instructions, count: instructions.length, next, accepts: undefined }
}

function refill(state: State, before: number, { members, size }: SparseSet): State {
  state.before = before
  state.instructions.set(members.subarray(0, size))
  state.count = size
  state.accepts = undefined
  return state
}

function setTransition({ ascii, others }: Transitions, rune: number, next: State): void {
  if (rune < ASCII) ascii[rune] = next
  else others.set(rune, next)
}

/** States need not differ by a last character that no assertion asks about. */
function representative(rune: number, asked: number): number {
  if (asked & (CONDITION.wordBoundary | CONDITION.noWordBoundary) && isWord(rune)) return 97
  return asked & CONDITION.beginLine && rune === NEWLINE ? NEWLINE : 32
}
