import { createTurn } from '../http/create-turn.ts'

/** Goes through the steps of one piece of work after the other, in the order in which they came. */
export type Queue = <T>(steps: Generator<void, T>) => Promise<T>

/**
 * However many are waiting, together they have the turns of one: side by side, each would have its own, and all others
 * would wait for all of them.
 */
export function createQueue(): Queue {
  const turn = createTurn()
  let last: Promise<unknown> = Promise.resolve()

  async function run<T>(steps: Generator<void, T>): Promise<T> {
    for (;;) {
      if (turn.isOver()) await turn.pass()
      const { done, value } = steps.next()
      if (done) return value
    }
  }

  return (steps) => {
    const result = last.then(() => run(steps))
    last = result.catch(() => {})
    return result
  }
}
