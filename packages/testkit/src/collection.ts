export interface Collection<T> {
  readonly items: readonly T[]
  add(item: T): void
  clear(): void
  /** The first item, of those already here and those to come, that satisfies `wanted`. */
  waitFor(wanted: (item: T) => boolean, timeoutMs: number): Promise<T>
}

/** A growing list that can be waited on. `describe` makes the error of a wait in vain readable. */
export function collection<T>(what: string, describe: (item: T) => string): Collection<T> {
  const items: T[] = []
  const waiting = new Set<(item: T) => void>()
  return {
    items,
    add(item) {
      items.push(item)
      for (const look of [...waiting]) look(item)
    },
    clear() {
      items.length = 0
    },
    waitFor(wanted, timeoutMs) {
      const present = items.find(wanted)
      if (present !== undefined) return Promise.resolve(present)
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look)
          const seen = items.slice(-10).map(describe).join('\n  ') || 'nothing'
          reject(new Error(`waited ${timeoutMs} ms in vain for ${what}; what came:\n  ${seen}`))
        }, timeoutMs)
        const look = (item: T) => {
          if (!wanted(item)) return
          clearTimeout(timer)
          waiting.delete(look)
          resolve(item)
        }
        waiting.add(look)
      })
    },
  }
}
