/** Runs at most `most` tasks at once; the others wait their turn. */
export type Slots = <T>(task: () => Promise<T>) => Promise<T>

export function createSlots(most: number): Slots {
  const waiting: (() => void)[] = []
  let taken = 0
  return async (task) => {
    if (taken >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else taken++
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else taken--
    }
  }
}
