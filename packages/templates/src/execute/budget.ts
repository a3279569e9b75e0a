import { isKind, type Value } from '../values/value.ts'

/** What one expansion may use up. A template is user input: it must end, and end soon. */
export interface Limits {
  /** Actions, calls, and what they work on in units of 256 characters or 16 items. */
  readonly steps: number
  /** Characters of the text that comes out, and of any value on the way to it. */
  readonly characters: number
  /** Templates that call templates. */
  readonly depth: number
}

export interface Budget {
  step(cost?: number): void
  /** Pays for work on values, before it is done. */
  charge(values: readonly Value[]): void
  /** Counts what is written. */
  write(characters: number): void
  /** Runs what a `{{template}}` calls. */
  deeper(work: () => void): void
}

/** @throws RangeError, from each of its methods, once a limit is passed */
export function createBudget(limits: Limits): Budget {
  let steps = 0
  let written = 0
  let depth = 0
  const tooLong = () => new RangeError(`the text is longer than ${limits.characters} characters`)
  const step = (cost = 1) => {
    steps += cost
    if (steps > limits.steps) throw new RangeError(`more than ${limits.steps} steps`)
  }
  return {
    step,
    charge(values) {
      const size = values.reduce((sum: number, value) => sum + sizeOf(value), 0)
      if (size > limits.characters) throw tooLong()
      step(size / 256)
    },
    write(characters) {
      written += characters
      if (written > limits.characters) throw tooLong()
    },
    deeper(work) {
      if (++depth > limits.depth)
        throw new RangeError(
          `exceeded maximum template depth (${limits.depth}): does a template call itself?`,
        )
      work()
      depth--
    },
  }
}

function sizeOf(value: Value): number {
  if (typeof value === 'string') return value.length
  if (isKind(value, 'list')) return value.items.length * 16
  return isKind(value, 'map') ? Object.keys(value.entries).length * 16 : 16
}
