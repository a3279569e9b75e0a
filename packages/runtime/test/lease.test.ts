import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { failOnLeaks, type Server, startNats, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { holdLease, type Lease, type LeaseHolder, type RunningService } from '../src/mod.ts'
import { type BareContext, startBare } from './bare-service.ts'

failOnLeaks({ beforeAll, afterAll })
let nats: Server
let ctx: BareContext
let service: RunningService
beforeAll(async () => {
  nats = await startNats()
  const started = await startBare(nats.url)
  ctx = started.ctx
  service = started.service
})
afterAll(async () => {
  await service.stop()
  await nats.stop()
})

/** A replica that wants a lease, with a monotonic clock that can be made to jump, as after SIGSTOP or in a blocked process. */
function contend(name: string, owner: string, ttlMs = 500) {
  const events: string[] = []
  let skew = 0
  let lease: Lease | undefined
  const holder: LeaseHolder = holdLease(ctx, {
    name,
    owner,
    ttlMs,
    monotonic: () => performance.now() + skew,
    onAcquired: (acquired) => {
      lease = acquired
      events.push('acquired')
    },
    onLost: (reason) => events.push(reason),
  })
  return { holder, events, lease: () => lease, jump: (ms: number) => (skew += ms) }
}

describe('a lease', () => {
  it('is held by one of several, who renews it', async () => {
    const all = ['a', 'b', 'c'].map((owner) => contend('one', owner, 1000))
    const held = () => all.filter(({ holder }) => holder.current())
    await waitFor(() => held().length === 1)
    const [first] = held()
    let most = 0
    const until = performance.now() + 1500
    await waitFor(() => {
      most = Math.max(most, held().length)
      return performance.now() > until
    })
    expect(most).toBe(1)
    expect(held()).toEqual([first])
    expect(first?.events).toEqual(['acquired'])
    await Promise.all(all.map(({ holder }) => holder.stop()))
  })

  it('goes to another at once when it is given back, with a greater fencing token', async () => {
    const first = contend('handover', 'a', 5000)
    await waitFor(() => first.holder.current())
    const second = contend('handover', 'b', 5000)
    await first.holder.stop()
    expect(first.events).toEqual(['acquired', 'released'])
    // Sooner than it would run out.
    await waitFor(() => second.holder.current(), { timeoutMs: 5000, what: 'the handover' })
    expect(second.lease()?.fencingToken).toBeGreaterThan(first.lease()?.fencingToken ?? Infinity)
    await second.holder.stop()
  })

  it('is taken over when its holder died, who holds it no longer by then', async () => {
    const dead = await startBare(nats.url)
    const stopped = holdLease(dead.ctx, {
      name: 'dead',
      owner: 'a',
      ttlMs: 500,
      onAcquired: () => {},
      onLost: () => {},
    })
    await waitFor(() => stopped.current())
    // As by SIGKILL: nothing is given back.
    await dead.ctx.bus.nc.close()
    const second = contend('dead', 'b')
    await waitFor(() => second.holder.current())
    expect(stopped.current()).toBeUndefined()
    await second.holder.stop()
    await stopped.stop()
    await dead.service.stop()
  })

  it('is seen as lost by a holder that wakes up too late, before it does anything', async () => {
    const sleeper = contend('asleep', 'a')
    const lease = await waitFor(() => sleeper.holder.current())
    expect(lease.isHeld()).toBe(true)
    sleeper.jump(600)
    expect(lease.isHeld()).toBe(false)
    expect(sleeper.holder.current()).toBeUndefined()
    await sleeper.holder.stop()
  })

  it('is laid down when NATS is away for longer than it lasts, and taken up again after', async () => {
    const one = contend('outage', 'a')
    const lease = await waitFor(() => one.holder.current())
    await nats.pause()
    await waitFor(() => one.events.length === 2)
    expect(one.events).toEqual(['acquired', 'expired'])
    expect(lease.isHeld()).toBe(false)
    await nats.resume()
    await waitFor(() => one.holder.current())
    expect(one.holder.current()?.fencingToken).toBeGreaterThan(lease.fencingToken)
    await one.holder.stop()
  })

  it('is lost at once to whoever wrote over it', async () => {
    const one = contend('stolen', 'a')
    await waitFor(() => one.holder.current())
    const kv = await ctx.bus.kv('leases')
    await kv.put('stolen', JSON.stringify({ owner: 'thief', ttlMs: 60_000, beat: 0 }))
    await waitFor(() => one.events.includes('overtaken'))
    expect(one.holder.current()).toBeUndefined()
    await one.holder.stop()
  })

  it('is not used by a process that was suspended while another took over', async () => {
    const main = fileURLToPath(new URL('./fixture-lease.ts', import.meta.url))
    const child = spawn(process.execPath, [main], {
      env: { PATH: process.env['PATH'], NATS_URL: nats.url, HTTP_HOST: '127.0.0.1', LOG_LEVEL: 'silent' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'close')
    let text = ''
    child.stdout.on('data', (chunk) => (text += chunk))
    await waitFor(() => text.includes('worked'), { timeoutMs: 15_000 })
    child.kill('SIGSTOP')
    const second = contend('suspended', 'b')
    await waitFor(() => second.holder.current())
    const takenOver = Date.now()
    child.kill('SIGCONT')
    await waitFor(() => text.includes('lost'), { what: 'the suspended process to notice' })
    child.kill('SIGTERM')
    await exited
    const worked = [...text.matchAll(/worked (\d+)/g)].map(([, at]) => Number(at))
    expect(worked.length).toBeGreaterThan(0)
    expect(worked.filter((at) => at >= takenOver)).toEqual([])
    await second.holder.stop()
  })
})
