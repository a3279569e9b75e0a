type Node<T> = Map<unknown, Node<T> | T>

/** Finds what belongs to a label combination by its values, one look-up each, which makes no text as a key would. */
export interface LabelTree<T extends object> {
  /** What the values of `labels` lead to; undefined for what was not put, and for labels that are not of `names`. */
  find(labels: Readonly<Record<string, unknown>>): T | undefined
  put(labels: Readonly<Record<string, unknown>>, value: T): void
}

/** Makes a tree over label names. It is a cache: past `maxPaths()` it begins anew. */
export function createLabelTree<T extends object>(
  names: readonly string[],
  maxPaths: () => number,
): LabelTree<T> {
  let root: Node<T> = new Map()
  let paths = 0
  const last = names.length - 1

  return {
    find(labels) {
      if (last < 0) return undefined
      let node: Node<T> | T | undefined = root
      let given = 0
      for (let i = 0; i <= last; i++) {
        const value = labels[names[i] as string]
        if (value !== undefined) given++
        node = (node as Node<T>).get(value)
        if (node === undefined) return undefined
      }
      // As many labels as were found by name: none of another name is among them.
      for (const _ in labels) given--
      return given === 0 ? (node as T) : undefined
    },
    put(labels, value) {
      if (last < 0 || !names.every((name) => isSimple(labels[name]))) return
      if (paths >= maxPaths()) {
        root = new Map()
        paths = 0
      }
      let node = root
      for (let i = 0; i < last; i++) {
        const key = labels[names[i] as string]
        const next = (node.get(key) as Node<T> | undefined) ?? new Map()
        node.set(key, next)
        node = next
      }
      const key = labels[names[last] as string]
      if (!node.has(key)) paths++
      node.set(key, value)
    },
  }
}

/** Values that always make the same text. */
const isSimple = (value: unknown): boolean => typeof value !== 'object' && typeof value !== 'function'
