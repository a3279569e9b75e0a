import { fingerprint } from '@tocsin/contract'

/**
 * Rule groups are spread over replicas in so many parts. Divisible by two, three, four and six; more replicas than
 * this stand by.
 */
export const SHARDS = 12

/** The part that a rule group belongs to, the same in every replica. */
export function shardOf(groupId: string): number {
  return Number(BigInt(`0x${groupId}`) % BigInt(SHARDS))
}

/** The part that an alert's key (`<group>.<rule>.<fingerprint>`) or a rule's id belongs to. */
export function shardOfKey(key: string): number {
  return shardOf(key.slice(0, key.indexOf('.')))
}

/**
 * Who is to evaluate each part: evenly, and so that few parts move when a replica comes or goes. The same answer
 * wherever the same members are known.
 */
export function assignShards(members: Iterable<string>): readonly (string | undefined)[] {
  const names = [...new Set(members)].sort()
  const most = Math.ceil(SHARDS / Math.max(1, names.length))
  const loads = new Map(names.map((name) => [name, 0]))
  return Array.from({ length: SHARDS }, (_, shard) => {
    const free = names.filter((name) => (loads.get(name) ?? 0) < most)
    const scored = free.map((name) => ({ name, score: fingerprint({ shard: String(shard), name }) }))
    const best = scored.reduce<(typeof scored)[number] | undefined>(
      (one, other) => (one && one.score >= other.score ? one : other),
      undefined,
    )
    if (best) loads.set(best.name, (loads.get(best.name) ?? 0) + 1)
    return best?.name
  })
}
