import {
  backoffMs,
  holdLease,
  type Lease,
  messageOf,
  replicaName,
  type ServiceContext,
  sleep,
} from '@tocsin/runtime'
import type { Session } from './evaluation/session.ts'

const LEASE_MS = 5000
const STANDBY_AFTER_MS = 2000

/** This replica's part in the evaluation: at work while it holds the lease, standing by otherwise. */
export interface Leadership {
  session(): Session | undefined
  /** Resolves once the past is caught up with, or another replica is known to be at work. */
  readonly settled: Promise<void>
}

/**
 * Runs one session after another for as long as the lease is held: a session that breaks, or cannot begin, is begun anew.
 * Everything stops with the service.
 */
export function leadSessions(
  ctx: ServiceContext,
  start: (lease: Lease, onBroken: (reason: string) => void) => Promise<Session>,
): Leadership {
  const { clock, log, lifecycle } = ctx
  let session: Session | undefined
  let turn: Promise<void> = Promise.resolve()
  const acquired = Promise.withResolvers<void>()
  const live = Promise.withResolvers<void>()

  /** Sessions begin and end one after the other. */
  function inTurn(act: () => Promise<void>): Promise<void> {
    turn = turn.then(act).catch((error: unknown) => log.error({ err: error }, 'a session did not end well'))
    return turn
  }
  async function begin(lease: Lease): Promise<void> {
    let broken = false
    session = await start(lease, (reason) => {
      if (broken) return
      broken = true
      log.warn({ reason }, 'the evaluation begins anew')
      void inTurn(async () => {
        await end()
        await beginWhileHeld(lease)
      })
    })
    void session.live.then(() => {
      log.info('evaluating')
      live.resolve()
    })
  }
  async function beginWhileHeld(lease: Lease): Promise<void> {
    for (let attempt = 0; lease.isHeld() && !lifecycle.signal.aborted; attempt++) {
      try {
        return await begin(lease)
      } catch (error) {
        log.error({ err: error }, `the evaluation cannot begin yet: ${messageOf(error)}`)
        await sleep(clock, backoffMs(attempt, 200, 5000), lifecycle.signal)
      }
    }
  }
  async function end(): Promise<void> {
    const ending = session
    session = undefined
    await ending?.stop()
  }

  const holder = holdLease(ctx, {
    name: ctx.name,
    owner: replicaName(ctx),
    ttlMs: LEASE_MS,
    onAcquired(lease) {
      acquired.resolve()
      return inTurn(() => beginWhileHeld(lease))
    },
    onLost: () => inTurn(end),
  })
  lifecycle.onStop('evaluation', async () => {
    await inTurn(end)
    await holder.stop()
  })

  async function settle(): Promise<void> {
    const stopping = new Promise<void>((resolve) =>
      lifecycle.signal.addEventListener('abort', () => resolve(), { once: true }),
    )
    await Promise.race([acquired.promise, sleep(clock, STANDBY_AFTER_MS, lifecycle.signal)])
    if (holder.current()) await Promise.race([live.promise, stopping])
  }
  return { session: () => session, settled: settle() }
}
