import type { Faults } from './faults.ts'
import type { ReadReceiver } from './read-receivers.ts'
import type { Path } from './yaml-source.ts'

/** Where somebody is said to be told instead of somebody else. */
export interface StatedFallback {
  readonly receiver: string
  readonly fallback: string
  readonly path: Path
}

/** Refuses fallbacks that lead back to whom they are for: when that one cannot be told, nobody would be. */
export function checkFallbacks(
  receivers: ReadonlyMap<string, ReadReceiver>,
  ofRoutes: readonly StatedFallback[],
  faults: Faults,
): void {
  const ofReceivers = [...receivers.values()].flatMap(({ name: receiver, fallback, path }) =>
    fallback ? [{ receiver, fallback: fallback.receiver, path: [...path, 'fallback'] }] : [],
  )
  for (const { receiver, fallback, path } of [...ofReceivers, ...ofRoutes]) {
    if (!receivers.has(fallback)) {
      const all = [...receivers.keys()].join(', ')
      faults.add(path, `there is no receiver ${JSON.stringify(fallback)}: there are ${all}`)
    }
    const loop = chainFrom(receiver, fallback, receivers)
    if (loop) faults.add(path, `the fallback leads back (${loop}): name another receiver`)
  }
}

function chainFrom(
  first: string,
  next: string,
  receivers: ReadonlyMap<string, ReadReceiver>,
): string | undefined {
  const chain = [first]
  for (
    let name: string | undefined = next;
    name !== undefined;
    name = receivers.get(name)?.fallback?.receiver
  ) {
    if (name === first) return [...chain, name].join(' → ')
    // A loop that this one only leads into is said where it is.
    if (chain.includes(name)) return undefined
    chain.push(name)
  }
  return undefined
}
