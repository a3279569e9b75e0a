/** Runs tasks with the same key one after the other, in the order they came; different keys side by side. */
export interface InOrder {
  <T>(key: string, task: () => Promise<T>): Promise<T>
  /** Whether a task waits for the one that runs. */
  isWaitedFor(key: string): boolean
}

interface Line {
  last: Promise<unknown>
  length: number
}

export function createInOrder(): InOrder {
  const lines = new Map<string, Line>()

  function inOrder<T>(key: string, task: () => Promise<T>): Promise<T> {
    const line = lines.get(key)
    const result = line === undefined ? task() : line.last.then(task, task)
    const joined = line ?? { last: result, length: 0 }
    joined.last = result
    joined.length++
    lines.set(key, joined)
    const leave = () => {
      joined.length--
      if (joined.length === 0) lines.delete(key)
    }
    result.then(leave, leave)
    return result
  }

  return Object.assign(inOrder, { isWaitedFor: (key: string) => (lines.get(key)?.length ?? 0) > 1 })
}
