import type { KV } from '@nats-io/kv'
import { runtimeMetrics } from '@tocsin/contract'
import { z } from 'zod'
import { apiCode, apiCodeOf } from '../bus/bus-error.ts'
import type { Bus } from '../bus/connect-bus.ts'
import { type Clock, sleep } from '../clock.ts'
import { messageOf } from '../coded-error.ts'
import type { Log } from '../log/create-log.ts'
import type { Metrics } from '../metrics/create-metrics.ts'
import type { Lifecycle } from '../service/lifecycle.ts'
import type { Lease } from './lease.ts'

export interface HoldLeaseOptions {
  readonly name: string
  /** Unique to this process, e.g. the context's `instance`. */
  readonly owner: string
  readonly ttlMs?: number
  /** Told that the work is ours. Its errors are logged. */
  readonly onAcquired: (lease: Lease) => unknown
  /** Told that it no longer is, before anyone else can be told that it is theirs (as far as this process runs). */
  readonly onLost: (reason: LostReason) => unknown
  /** A clock that only moves forward. Milliseconds. */
  readonly monotonic?: () => number
}

export type LostReason = 'overtaken' | 'expired' | 'released'

export interface LeaseHolder {
  /** The lease, while it is ours. */
  current(): Lease | undefined
  /** Gives it back at once, and no longer asks for it. */
  stop(): Promise<void>
}

export interface LeaseDeps {
  readonly bus: Pick<Bus, 'kv'>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly lifecycle: Pick<Lifecycle, 'onStop'>
}

const heldRecord = z.object({ owner: z.string(), ttlMs: z.number().positive(), beat: z.int() })

interface Holding {
  readonly lease: Lease
  revision: number
  beat: number
  deadline: number
  wallDeadline: number
  cancelExpiry: () => void
}

/** How much longer than the holder's time a contender waits: covers clocks whose speed differs by up to this part. */
const RATE_MARGIN = 0.1

/**
 * Holds a lease whenever it can be had, until it or its service stops.
 *
 * Two never hold it at once: a holder counts its time from before it asked to renew; a contender counts from when it
 * first saw that renewal, which is later, and waits 10 % longer. So only the speed of the two machines' clocks must agree,
 * within 10 %; what time they show does not matter. Takeover from a holder that died takes at most 1.3 x ttl;
 * from one that stopped in order, ttl / 5.
 */
export function holdLease(deps: LeaseDeps, options: HoldLeaseOptions): LeaseHolder {
  const { bus, clock, log, metrics, lifecycle } = deps
  const { name, owner, ttlMs = 5000, monotonic = () => performance.now() } = options
  const gauge = metrics.gauge(runtimeMetrics.leaseHeld).labels({ lease: name })
  const stopping = new AbortController()
  const timeoutMs = Math.max(250, Math.floor(ttlMs / 3))
  let holding: Holding | undefined
  let seen: { readonly revision: number; readonly at: number; readonly ttlMs: number } | undefined
  gauge.set(0)

  const encode = (beat: number) => JSON.stringify({ owner, ttlMs, beat })
  const valid = (held: Holding) => monotonic() < held.deadline && clock.now() < held.wallDeadline
  const tell = (what: string, fn: () => unknown) => {
    Promise.resolve()
      .then(fn)
      .catch((error: unknown) => log.error({ err: error, lease: name }, `${what} failed`))
  }

  function extend(held: Holding, begun: { readonly mono: number; readonly wall: number }): void {
    held.deadline = begun.mono + ttlMs
    held.wallDeadline = begun.wall + ttlMs
    held.cancelExpiry()
    held.cancelExpiry = clock.setTimeout(
      () => {
        if (holding === held && !valid(held)) lose('expired')
      },
      Math.max(0, held.deadline - monotonic()) + 1,
    )
  }

  function acquire(revision: number, beat: number, begun: { mono: number; wall: number }): void {
    const held: Holding = {
      lease: { name, owner, fencingToken: revision, isHeld: () => holding === held && valid(held) },
      revision,
      beat,
      deadline: 0,
      wallDeadline: 0,
      cancelExpiry: () => {},
    }
    extend(held, begun)
    // The answer may have taken longer than the lease lasts.
    if (!valid(held)) {
      held.cancelExpiry()
      return
    }
    holding = held
    seen = undefined
    gauge.set(1)
    log.info({ lease: name, fencingToken: revision }, 'holds the lease')
    tell('taking up the work of a lease', () => options.onAcquired(held.lease))
  }

  function lose(reason: LostReason): void {
    if (!holding) return
    holding.cancelExpiry()
    holding = undefined
    gauge.set(0)
    log[reason === 'released' ? 'info' : 'warn']({ lease: name, reason }, 'no longer holds the lease')
    tell('laying down the work of a lease', () => options.onLost(reason))
  }

  const start = () => ({ mono: monotonic(), wall: clock.now() })

  async function contend(kv: KV): Promise<void> {
    const entry = await kv.get(name)
    const begun = start()
    if (entry?.operation !== 'PUT') {
      acquire(await kv.create(name, encode(0)), 0, begun)
      return
    }
    const held = heldRecord.safeParse(JSON.parse(entry.string())).data
    // Ours: an answer that got lost on its way, or a lease that ran out while NATS was away.
    const free = !held || held.owner === owner || hasRunOut(entry.revision, held.ttlMs)
    if (free) acquire(await kv.update(name, encode(0), entry.revision, timeoutMs), 0, begun)
  }

  function hasRunOut(revision: number, theirTtlMs: number): boolean {
    if (seen?.revision !== revision) seen = { revision, at: monotonic(), ttlMs: theirTtlMs }
    return monotonic() - seen.at > theirTtlMs * (1 + RATE_MARGIN)
  }

  /** When to look again at a lease that is another's. */
  function untilRunOut(): number {
    if (!seen) return ttlMs / 5
    return Math.max(1, seen.at + seen.ttlMs * (1 + RATE_MARGIN) - monotonic() + 1)
  }

  async function renew(kv: KV, held: Holding): Promise<void> {
    const begun = start()
    const revision = await kv.update(name, encode(held.beat + 1), held.revision, timeoutMs)
    held.revision = revision
    held.beat++
    if (holding === held) extend(held, begun)
  }

  /** A write that was refused because another came first: whose was it? */
  async function afterConflict(kv: KV, held: Holding): Promise<void> {
    const entry = await kv.get(name)
    const record =
      entry?.operation === 'PUT' ? heldRecord.safeParse(JSON.parse(entry.string())).data : undefined
    if (entry && record?.owner === owner) held.revision = entry.revision
    else if (holding === held) lose('overtaken')
  }

  async function step(): Promise<number> {
    const held = holding
    try {
      const kv = await bus.kv('leases')
      if (!held) await contend(kv)
      else
        await renew(kv, held).catch(async (error: unknown) => {
          if (apiCodeOf(error) !== apiCode.wrongLastSequence) throw error
          await afterConflict(kv, held)
        })
      return holding ? ttlMs / 3 : Math.min(ttlMs / 5, untilRunOut())
    } catch (error) {
      const raced = apiCodeOf(error) === apiCode.wrongLastSequence
      if (!raced)
        log.debug({ lease: name, reason: messageOf(error) }, 'the lease could not be read or written')
      return ttlMs / 10
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) await sleep(clock, await step(), stopping.signal)
    const held = holding
    if (!held) return
    lose('released')
    await bus
      .kv('leases')
      .then((kv) => kv.delete(name, { previousSeq: held.revision }))
      .catch((error: unknown) =>
        log.debug({ lease: name, reason: messageOf(error) }, 'the lease runs out by itself'),
      )
  }

  const ran = run()
  const stop = () => {
    unregister()
    stopping.abort()
    return ran
  }
  const unregister = lifecycle.onStop(`lease ${name}`, stop)
  return { current: () => (holding && valid(holding) ? holding.lease : undefined), stop }
}
