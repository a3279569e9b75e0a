import type { KV } from '@nats-io/kv'
import { type ConsumeDeps, sleep, watchBucket } from '@tocsin/runtime'
import { z } from 'zod'

const shardRecord = z.object({ owner: z.string().nullable() })

/** Whose a part is by its record in the `leases` bucket. */
export interface ShardRecord {
  readonly owner: string | undefined
  readonly revision: number
}

/** What the `leases` bucket says of the evaluators: who lives, and whose each part is. */
export interface LeaseRecords {
  shard(shard: number): ShardRecord | undefined
  /** Replicas whose lease was renewed lately, as far as this one has seen. */
  living(): readonly string[]
  /** Whether others than this one live: resolves once one of them renews its lease, or none has for too long. */
  othersLive(own: string, signal: AbortSignal): Promise<boolean>
  /** Whether a replica lets its lease run out; asks NATS, so that a reader that is behind takes nobody for dead. */
  isDead(member: string): Promise<boolean>
  /** Writes whose a part is, unless somebody else did first; the revision when it did. */
  write(shard: number, owner: string | undefined): Promise<number | undefined>
  /** Removes what replicas left that died long ago. */
  clear(): Promise<void>
  stop(): Promise<void>
}

export interface LeaseRecordsDeps {
  readonly deps: ConsumeDeps
  readonly ttlMs: number
  readonly monotonic: () => number
  readonly onChange: () => void
}

const MEMBER = 'alert-evaluator.member.'
const SHARD = 'alert-evaluator.shard.'
/** How much longer than the lease the others wait: covers clocks whose speed differs by up to this part. */
const RATE_MARGIN = 0.1
const FORGET_MS = 600_000
const WATCH_EVERY_MS = 20

/** The key of a replica's own lease. */
export function memberKey(name: string): string {
  return MEMBER + Buffer.from(name).toString('base64url')
}

/** Follows the records; resolves once all that are there have been read. */
export async function followLeaseRecords(options: LeaseRecordsDeps): Promise<LeaseRecords> {
  const { deps, ttlMs, monotonic, onChange } = options
  const kv: KV = await deps.bus.kv('leases')
  const shards = new Map<number, ShardRecord>()
  const beats = new Map<string, { readonly revision: number; readonly seenAt: number }>()
  const current = Promise.withResolvers<void>()

  function take(key: string, value: string | undefined, revision: number): void {
    if (key.startsWith(MEMBER)) {
      const isNew = !beats.has(key)
      if (value === undefined) beats.delete(key)
      else beats.set(key, { revision, seenAt: monotonic() })
      if (isNew || value === undefined) onChange()
    } else if (key.startsWith(SHARD)) {
      const shard = Number(key.slice(SHARD.length))
      const { data } = shardRecord.safeParse(value === undefined ? undefined : JSON.parse(value))
      if ((shards.get(shard)?.revision ?? 0) > revision) return
      shards.set(shard, { owner: data?.owner ?? undefined, revision })
      onChange()
    }
  }
  const isLate = (seenAt: number) => monotonic() - seenAt > ttlMs * (1 + RATE_MARGIN)

  const watch = await watchBucket(deps, 'leases', {
    onPut: take,
    onDelete: (key, revision) => take(key, undefined, revision),
    onCurrent: () => current.resolve(),
    onRecreated: () => {
      shards.clear()
      beats.clear()
    },
  })
  await current.promise

  return {
    shard: (shard) => shards.get(shard),
    living: () => [...beats].flatMap(([key, { seenAt }]) => (isLate(seenAt) ? [] : [nameOf(key)])),
    async othersLive(own, signal) {
      const others = () => [...beats].filter(([key]) => key !== memberKey(own))
      const first = new Map(others().map(([key, { revision }]) => [key, revision]))
      while (!signal.aborted) {
        if (others().some(([key, { revision }]) => first.get(key) !== revision)) return true
        if (others().every(([, { seenAt }]) => isLate(seenAt))) return false
        await sleep(deps.clock, WATCH_EVERY_MS, signal)
      }
      return true
    },
    async isDead(member) {
      const key = memberKey(member)
      const seen = beats.get(key)
      if (seen && !isLate(seen.seenAt)) return false
      const entry = await kv.get(key)
      if (entry?.operation !== 'PUT') return true
      if (seen?.revision === entry.revision) return true
      take(key, entry.string(), entry.revision)
      return false
    },
    async write(shard, owner) {
      const body = JSON.stringify({ owner: owner ?? null })
      const before = shards.get(shard)?.revision ?? 0
      const revision = await kv.put(SHARD + shard, body, { previousSeq: before })
      take(SHARD + shard, body, revision)
      return revision
    },
    async clear() {
      for (const [key, { revision, seenAt }] of [...beats])
        if (monotonic() - seenAt > FORGET_MS) await kv.delete(key, { previousSeq: revision })
    },
    stop: () => watch.stop(),
  }
}

function nameOf(key: string): string {
  return Buffer.from(key.slice(MEMBER.length), 'base64url').toString()
}
