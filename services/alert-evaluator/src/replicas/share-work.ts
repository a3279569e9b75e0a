import {
  holdLease,
  type Lease,
  type LeaseHolder,
  messageOf,
  replicaName,
  type ServiceContext,
  sleep,
} from '@tocsin/runtime'
import { followLeaseRecords, memberKey } from './lease-records.ts'
import { assignShards, SHARDS } from './shards.ts'

/** A part of the work in this replica's hands, for as long as the lease is held. */
export interface Tenure {
  readonly shard: number
  readonly lease: Lease
}

/** What is done with parts of the work. */
export interface Worker {
  /** Takes parts up where they were laid down. */
  adopt(parts: readonly Tenure[]): Promise<void>
  /** Finishes what is in hand of a part, while its lease is held still. */
  release(shard: number): Promise<void>
  /** Leaves parts at once: their lease is lost. */
  drop(shards: readonly number[]): void
}

export interface ShareOfWork {
  /** This replica's name among the others. */
  readonly name: string
  /** Parts in hand. */
  held(): ReadonlySet<number>
  /** Whose a part is, as far as this replica knows. */
  ownerOf(shard: number): string | undefined
  /** Somebody else wrote what only this replica may write: the part is laid down, and taken up anew if it is ours still. */
  overtaken(shard: number): void
  /** Whether other replicas are at work. */
  othersLive(): Promise<boolean>
  /** Takes part from now on. */
  join(): void
  /** Resolves once this replica has its share for the first time. */
  readonly settled: Promise<void>
  /** Hands every part over and leaves. */
  stop(): Promise<void>
}

// A replica that dies is found dead after 1.1 times this; what it had is taken up at the next look.
const LEASE_MS = 3000
const LOOK_EVERY_MS = 250
const CLEAR_EVERY = 240

/**
 * Spreads the parts over the replicas that live. Each renews one lease of its own; a record for each part names its
 * owner. A part changes hands by one conditional write: its owner's, who hands it over, or, once the owner's lease has
 * run out, that of the replica whose share it is. An owner acts only while its own lease is valid by its own clock,
 * which is before anyone takes it for dead.
 */
export async function shareWork(
  ctx: ServiceContext,
  worker: Worker,
  monotonic: () => number = () => performance.now(),
): Promise<ShareOfWork> {
  const { clock, log } = ctx
  const name = replicaName(ctx)
  const tenures = new Map<number, { readonly tenure: Tenure; end(): void }>()
  const stopping = new AbortController()
  const settled = Promise.withResolvers<void>()
  let poke = () => {}
  const records = await followLeaseRecords({
    deps: ctx,
    ttlMs: LEASE_MS,
    monotonic,
    onChange: () => poke(),
  })

  function endTenures(shards: readonly number[]): void {
    for (const shard of shards) {
      tenures.get(shard)?.end()
      tenures.delete(shard)
    }
    worker.drop(shards)
  }
  let member: LeaseHolder | undefined
  const becomeMember = () =>
    holdLease(ctx, {
      name: memberKey(name),
      owner: name,
      ttlMs: LEASE_MS,
      monotonic,
      onAcquired: () => poke(),
      onLost: () => endTenures([...tenures.keys()]),
    })

  function begin(shard: number, revision: number, own: Lease): Tenure {
    let over = false
    const lease = {
      name: `alert-evaluator.shard.${shard}`,
      owner: name,
      fencingToken: revision,
      isHeld: () => !over && own.isHeld(),
    }
    const tenure = { shard, lease }
    tenures.set(shard, {
      tenure,
      end() {
        over = true
      },
    })
    return tenure
  }

  async function take(shard: number, own: Lease): Promise<Tenure | undefined> {
    const revision = await records.write(shard, name).catch((error: unknown) => {
      log.debug({ shard, reason: messageOf(error) }, 'a part of the rules was not to be had')
      return undefined
    })
    return revision !== undefined && own.isHeld() ? begin(shard, revision, own) : undefined
  }

  async function giveAway(shard: number, to: string | undefined): Promise<void> {
    await worker.release(shard)
    tenures.get(shard)?.end()
    tenures.delete(shard)
    await records.write(shard, to).catch((error: unknown) => {
      log.debug({ shard, reason: messageOf(error) }, 'a part of the rules could not be handed over')
    })
  }

  async function isFree(shard: number): Promise<boolean> {
    const owner = records.shard(shard)?.owner
    return owner === undefined || owner === name || (await records.isDead(owner))
  }

  async function settle(): Promise<void> {
    const own = member?.current()
    if (!own) return
    const assigned = assignShards([...records.living(), name])
    const lost = [...tenures.keys()].filter((shard) => records.shard(shard)?.owner !== name)
    if (lost.length > 0) endTenures(lost)
    const away = [...tenures.keys()].filter((shard) => assigned[shard] !== name)
    await Promise.all(away.map((shard) => giveAway(shard, assigned[shard])))
    const wanted: number[] = []
    for (let shard = 0; shard < SHARDS; shard++) {
      if (tenures.has(shard)) continue
      const handed = records.shard(shard)?.owner === name
      if (handed || (assigned[shard] === name && (await isFree(shard)))) wanted.push(shard)
    }
    const taken = await Promise.all(wanted.map((shard) => take(shard, own)))
    const parts = taken.filter((tenure): tenure is Tenure => tenure?.lease.isHeld() === true)
    if (parts.length > 0) {
      await adopt(parts)
      log.info({ parts: tenures.size, of: SHARDS }, 'evaluates its share of the rule groups')
    }
    settled.resolve()
  }

  async function adopt(parts: readonly Tenure[]): Promise<void> {
    try {
      await worker.adopt(parts)
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'parts of the rules cannot be taken up yet')
      endTenures(parts.map(({ shard }) => shard))
    }
  }

  async function run(): Promise<void> {
    for (let round = 0; !stopping.signal.aborted; round++) {
      const poked = new Promise<void>((resolve) => {
        poke = resolve
      })
      try {
        await settle()
        if (round % CLEAR_EVERY === CLEAR_EVERY - 1) await records.clear()
      } catch (error) {
        log.debug({ reason: messageOf(error) }, 'the share of the work could not be settled')
      }
      await Promise.race([poked, sleep(clock, LOOK_EVERY_MS, stopping.signal)])
    }
  }
  let running: Promise<void> | undefined

  return {
    name,
    held: () => new Set(tenures.keys()),
    ownerOf: (shard) => records.shard(shard)?.owner,
    overtaken(shard) {
      endTenures([shard])
      poke()
    },
    settled: settled.promise,
    othersLive: () => records.othersLive(name, stopping.signal),
    join() {
      if (stopping.signal.aborted) return
      member ??= becomeMember()
      running ??= run()
    },
    async stop() {
      stopping.abort()
      await running
      const others = assignShards(records.living().filter((one) => one !== name))
      if (member?.current())
        await Promise.all([...tenures.keys()].map((shard) => giveAway(shard, others[shard])))
      await member?.stop()
      await records.stop()
      settled.resolve()
    },
  }
}
