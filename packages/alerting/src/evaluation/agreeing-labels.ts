import type { Labels } from '@tocsin/promql'
import { labelsKey } from './labels-key.ts'

/**
 * Tells whether one of some label sets agrees with another: all labels that both have are equal. What agrees with every
 * alert has no labels, as the result of `sum(…) < 5`.
 * @param ignored labels that say nothing, as those that a rule sets itself
 */
export function createAgreement(
  some: readonly Labels[],
  ignored: ReadonlySet<string>,
): (labels: Labels) => boolean {
  const shapes = new Map<string, { readonly names: readonly string[]; readonly members: Labels[] }>()
  for (const labels of some) {
    const names = Object.keys(labels).filter((name) => name !== '__name__' && !ignored.has(name))
    const shape = names.sort().join('\xff')
    const entry = shapes.get(shape) ?? { names, members: [] }
    shapes.set(shape, entry)
    entry.members.push(labels)
  }
  const projected = new Map<string, ReadonlySet<string>>()

  function keysOf(shape: string, members: readonly Labels[], names: readonly string[]): ReadonlySet<string> {
    const which = `${shape}\xfe${names.join('\xff')}`
    const keys = projected.get(which) ?? new Set(members.map((labels) => labelsKey(pick(labels, names))))
    projected.set(which, keys)
    return keys
  }

  return (labels) => {
    for (const [shape, { names, members }] of shapes) {
      const common = names.filter((name) => labels[name] !== undefined)
      if (keysOf(shape, members, common).has(labelsKey(pick(labels, common)))) return true
    }
    return false
  }
}

function pick(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(names.map((name) => [name, labels[name] ?? '']))
}
