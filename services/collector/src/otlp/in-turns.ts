import { createTurn } from '../http/create-turn.ts'

/** Goes through steps to their end; other work has its turn every few milliseconds. */
export async function inTurns<T>(steps: Generator<void, T>): Promise<T> {
  const turn = createTurn()
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    if (turn.isOver()) await turn.pass()
  }
}
