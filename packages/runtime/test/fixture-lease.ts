import { holdLease, runService } from '../src/mod.ts'
import { bareEnv } from './bare-service.ts'

/** Does a piece of work every 5 ms while it holds the lease, and writes down when. */
await runService({
  name: 'worker',
  env: bareEnv,
  port: () => 0,
  start(ctx) {
    let work: (() => void) | undefined
    const repeat = () => {
      work?.()
      ctx.clock.setTimeout(repeat, 5)
    }
    repeat()
    holdLease(ctx, {
      name: 'suspended',
      owner: ctx.instance,
      ttlMs: 500,
      onAcquired(lease) {
        work = () => {
          if (lease.isHeld()) process.stdout.write(`worked ${Date.now()}\n`)
        }
      },
      onLost() {
        work = undefined
        process.stdout.write('lost\n')
      },
    })
  },
})
