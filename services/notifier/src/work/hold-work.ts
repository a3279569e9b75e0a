import { backoffMs, holdLease, type Lease, type LeaseHolder, replicaName, sleep } from '@tocsin/runtime'
import { startWork, type Work, type WorkParts } from './start-work.ts'

export interface HeldWork extends LeaseHolder {
  /** Resolves when the work, if it is ours, goes on by the policy that holds now. */
  adoptPolicy(): Promise<void>
}

/**
 * Does the notifier's work whenever this replica holds the lease for it. Each reconnection to NATS takes it up anew:
 * what was on its way to us when the connection broke would otherwise come after what is newer.
 */
export function holdWork(parts: WorkParts): HeldWork {
  const { bus, clock, log, readiness, lifecycle } = parts.ctx
  let work: Work | undefined
  let turn = Promise.resolve()
  let wanted: Lease | undefined

  async function change(): Promise<void> {
    const old = work
    work = undefined
    await old?.stop()
    const lease = wanted
    for (let tries = 0; lease?.isHeld() && wanted === lease; tries++) {
      try {
        work = await startWork(parts, lease)
        readiness.set('work', undefined)
        log.info('at work')
        return
      } catch (error) {
        readiness.set('work', 'the work could not be taken up yet; see the log')
        if (tries === 0) log.warn({ err: error }, 'the work could not be taken up yet')
        await sleep(clock, backoffMs(tries, 250, 5000), lifecycle.signal)
      }
    }
    readiness.set('work', undefined)
  }

  function begin(): Promise<void> {
    // At once, not in turn: nothing more is begun from here on.
    const stopping = work?.stop()
    turn = turn.then(async () => {
      await stopping
      await change()
    })
    return turn
  }

  const holder = holdLease(parts.ctx, {
    name: 'notifier',
    owner: replicaName(parts.ctx),
    onAcquired(lease) {
      wanted = lease
      return begin()
    },
    onLost() {
      wanted = undefined
      return begin()
    },
  })
  const unfollow = bus.onReconnect(() => {
    if (wanted) void begin()
  })
  lifecycle.onStop('work', async () => {
    unfollow()
    wanted = undefined
    await begin()
    await holder.stop()
  })
  return {
    ...holder,
    adoptPolicy() {
      turn = turn.then(async () => {
        try {
          await work?.adoptPolicy()
        } catch (error) {
          log.warn({ err: error }, 'the work is taken up anew, to go on by the new policy')
          await work?.stop()
          await change()
        }
      })
      return turn
    },
  }
}
