import { backoffMs, messageOf, type ServiceContext, sleep } from '@tocsin/runtime'
import type { Session } from './evaluation/session.ts'
import { type ShareOfWork, shareWork } from './replicas/share-work.ts'

/** This replica's part in the evaluation. */
export interface Replica {
  session(): Session | undefined
  share(): ShareOfWork | undefined
  /** Resolves once the stream's past is read, and this replica has its share of the rules. */
  readonly settled: Promise<void>
}

export interface SessionHooks {
  readonly onBroken: (reason: string) => void
  readonly onOvertaken: (shard: number) => void
}

/** Runs one session after another: one that breaks, or cannot begin, is begun anew. All stops with the service. */
export function runReplica(ctx: ServiceContext, start: (hooks: SessionHooks) => Promise<Session>): Replica {
  const { clock, log, lifecycle } = ctx
  let session: Session | undefined
  let share: ShareOfWork | undefined
  const settled = Promise.withResolvers<void>()
  const stopping = new AbortController()
  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(), { once: true })
  })

  const stop = async () => {
    stopping.abort()
    await running
  }
  let unregister = () => {}

  async function end(): Promise<void> {
    const [ending, sharing] = [session, share]
    unregister()
    share = undefined
    await sharing?.stop()
    session = undefined
    await ending?.stop()
  }

  /** From the first message to the end of the service, or to what breaks it. */
  async function runSession(): Promise<void> {
    const broken = Promise.withResolvers<string>()
    session = await start({
      onBroken: (reason) => broken.resolve(reason),
      onOvertaken: (shard) => share?.overtaken(shard),
    })
    const over = Promise.race([broken.promise, stopped])
    share = await shareWork(ctx, session)
    // Before its lease and its readers are stopped, which were registered since.
    unregister = lifecycle.onStop('evaluation', stop)
    // Nobody evaluates: what is read from the stream is evaluated on the way.
    if (!(await share.othersLive())) {
      share.join()
      await Promise.race([share.settled, over])
    }
    if (!stopping.signal.aborted) await session.read()
    await Promise.race([session.caughtUp, over])
    share.join()
    void Promise.all([session.caughtUp, share.settled]).then(() => {
      log.info('evaluating')
      settled.resolve()
    })
    const reason = await over
    if (reason !== undefined) log.warn({ reason }, 'the evaluation begins anew')
  }

  async function run(): Promise<void> {
    for (let attempt = 0; !stopping.signal.aborted; attempt++) {
      try {
        await runSession()
        attempt = 0
      } catch (error) {
        log.error({ err: error }, `the evaluation cannot begin yet: ${messageOf(error)}`)
        await sleep(clock, backoffMs(attempt, 200, 5000), stopping.signal)
      }
      await end().catch((error: unknown) => log.error({ err: error }, 'a session did not end well'))
    }
    settled.resolve()
  }
  const running = run()
  lifecycle.onStop('sessions', stop)
  return { session: () => session, share: () => share, settled: settled.promise }
}
