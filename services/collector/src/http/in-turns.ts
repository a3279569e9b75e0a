import { createTurn } from './create-turn.ts'

/** Goes through steps to their end, or until it is stopped; other work has its turn every few milliseconds. */
export async function inTurns<T>(steps: Generator<void, T>): Promise<T>
export async function inTurns<T>(steps: Generator<void, T>, isStopped: () => boolean): Promise<T | undefined>
export async function inTurns<T>(
  steps: Generator<void, T>,
  isStopped: () => boolean = () => false,
): Promise<T | undefined> {
  const turn = createTurn()
  while (!isStopped()) {
    const { done, value } = steps.next()
    if (done) return value
    if (turn.isOver()) await turn.pass()
  }
  return undefined
}
