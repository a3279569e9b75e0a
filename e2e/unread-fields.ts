/** A view of plain data that remembers what was read of it. */
export interface Watched<T> {
  readonly view: T
  /** The paths of what nobody has read. */
  unread(): string[]
}

/**
 * Watches what a validator reads: it looks at every field that its schema knows, so that a field which it left alone
 * is one that the schema does not know, such as a misspelt one.
 */
export function watchFields<T extends object>(data: T, path = ''): Watched<T> {
  const children = new Map<string | symbol, Watched<object>>()
  const seen = new Set<string | symbol>()
  const view = new Proxy(data, {
    get(target, key, receiver) {
      seen.add(key)
      const value: unknown = Reflect.get(target, key, receiver)
      if (typeof value !== 'object' || value === null) return value
      const child = children.get(key) ?? watchFields(value, `${path}/${String(key)}`)
      children.set(key, child)
      return child.view
    },
  })
  return {
    view,
    unread: () => [
      ...Object.keys(data).flatMap((key) => (seen.has(key) ? [] : [`${path}/${key}`])),
      ...[...children.values()].flatMap((child) => child.unread()),
    ],
  }
}
