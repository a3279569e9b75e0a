import { conditionsBetween, NO_RUNE } from './conditions.ts'
import { OP, type Program, WORK_PER_STEP } from './program.ts'

/**
 * Where the groups of an expression that matches all of a value begin and end: two offsets a group, −1 for one that
 * took no part; undefined when it does not match. Tries each instruction at each offset once, in RE2's order of
 * preference, so that it takes time and memory as the program and the value are long; pauses as an automaton does.
 */
export function* findGroups(
  { start, ops, outs, args, takes, groupCount }: Program,
  value: string,
): Generator<void, Int32Array | undefined> {
  const width = value.length + 1
  const tried = new Uint32Array(Math.ceil((ops.length * width) / 32))
  const found = new Int32Array(2 * (groupCount + 1)).fill(-1)
  const later = createStack()
  later.push(start, 0)
  let work = 0
  while (!later.isEmpty()) {
    let offset = later.pop()
    let at = later.pop()
    // The complement of a boundary, to be put back as it was.
    if (at < 0) {
      found[~at] = offset
      continue
    }
    for (let alive = true; alive; ) {
      const place = at * width + offset
      if (((tried[place >>> 5] ?? 0) >>> (place & 31)) & 1) break
      tried[place >>> 5] = (tried[place >>> 5] ?? 0) | (1 << (place & 31))
      if (++work % WORK_PER_STEP === 0) yield
      const rune = value.codePointAt(offset) ?? NO_RUNE
      const arg = args[at] ?? 0
      switch (ops[at]) {
        case OP.fork:
          later.push(arg, offset)
          break
        case OP.mark:
          later.push(~arg, found[arg] ?? -1)
          found[arg] = offset
          break
        case OP.assert:
          alive = (arg & ~conditionsBetween(runeBefore(value, offset), rune)) === 0
          break
        case OP.pass:
          break
        case OP.match:
          if (offset === value.length) return found
          alive = false
          break
        case OP.take:
          alive = takes(at, rune)
          offset += rune > 0xffff ? 2 : 1
          break
        default:
          alive = false
      }
      at = outs[at] ?? 0
    }
  }
  return undefined
}

const FIRST_CHUNK = 128
const CHUNK = 8192

/** Pairs of numbers, last in first out; in chunks, because to copy a large array would take long. */
function createStack() {
  const full: Int32Array[] = []
  let top: Int32Array = new Int32Array(FIRST_CHUNK)
  let size = 0
  return {
    isEmpty: () => size === 0 && full.length === 0,
    pop(): number {
      if (size === 0) {
        top = full.pop() ?? top
        size = top.length
      }
      return top[--size] ?? 0
    },
    push(first: number, second: number): void {
      if (size === top.length) {
        full.push(top)
        top = new Int32Array(CHUNK)
        size = 0
      }
      top[size++] = first
      top[size++] = second
    },
  }
}

function runeBefore(value: string, offset: number): number {
  // No assertion tells one half of a surrogate pair from the whole.
  return offset === 0 ? NO_RUNE : value.charCodeAt(offset - 1)
}
