/** Runs tasks with the same key one after the other, in the order they came; different keys side by side. */
export type InOrder = <T>(key: string, task: () => Promise<T>) => Promise<T>

export function createInOrder(): InOrder {
  const tails = new Map<string, Promise<unknown>>()
  return (key, task) => {
    const before = tails.get(key)
    const result = before === undefined ? task() : before.then(task, task)
    tails.set(key, result)
    const forget = () => {
      if (tails.get(key) === result) tails.delete(key)
    }
    result.then(forget, forget)
    return result
  }
}
