import { JetStreamApiError, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { createBuckets, createStreams } from '@tocsin/contract'
import { failOnLeaks, type Server, startNats, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureTopology } from '../src/bus/ensure-topology.ts'
import { createLog, startService, systemClock } from '../src/mod.ts'
import { bareEnv, keepLines, startBare } from './bare-service.ts'

failOnLeaks({ beforeAll, afterAll })
let nats: Server
beforeAll(async () => {
  nats = await startNats()
})
afterAll(() => nats.stop())

async function withManager<T>(
  use: (jsm: Awaited<ReturnType<typeof jetstreamManager>>) => Promise<T>,
): Promise<T> {
  const nc = await connect({ servers: nats.url })
  try {
    return await use(await jetstreamManager(nc))
  } finally {
    await nc.close()
  }
}

const names = () =>
  withManager(async (jsm) => {
    const found: string[] = []
    for await (const name of jsm.streams.names()) found.push(name)
    return found.sort()
  })

describe('the topology', () => {
  it('is made by services that start at the same time, and stays when they start again', async () => {
    const wanted = [
      ...createStreams().map(({ name }) => name),
      ...createBuckets().map(({ name }) => `KV_${name}`),
    ].sort()
    const first = await Promise.all(Array.from({ length: 5 }, () => startBare(nats.url)))
    expect(await names()).toEqual(wanted)
    await first[0]?.ctx.bus.publish('monitoring.metrics.shop', { kept: true })
    const again = await startBare(nats.url)
    expect((await again.ctx.bus.jsm.streams.info('METRICS')).state.messages).toBe(1)
    await Promise.all([...first, again].map(({ service }) => service.stop()))
  })

  it('brings a stream that was made otherwise up to date, and leaves what is not its own', async () => {
    await withManager((jsm) => jsm.streams.update('ALERTS', { max_age: 7_200e9, max_msg_size: 12_345 }))
    const { ctx, service } = await startBare(nats.url)
    const { config } = await ctx.bus.jsm.streams.info('ALERTS')
    expect(config.max_age).toBe(7 * 24 * 3600 * 1e9)
    expect(config.max_msg_size).toBe(12_345)
    await service.stop()
  })

  it('looks again where another service was quicker by so little that NATS speaks of overlapping subjects', async () => {
    await withManager(async (jsm) => {
      await jsm.streams.delete('HEALTH')
      let refused = 0
      const quicker = Object.create(jsm.streams, {
        add: {
          async value(config: Parameters<typeof jsm.streams.add>[0]) {
            await jsm.streams.add(config)
            refused++
            throw new JetStreamApiError({ code: 400, err_code: 10065, description: 'subjects overlap' })
          },
        },
      }) as typeof jsm.streams
      await ensureTopology({
        jsm: Object.create(jsm, { streams: { value: quicker } }) as typeof jsm,
        topology: { streams: createStreams(), buckets: createBuckets(), replicas: 1 },
        clock: systemClock,
        log: createLog({ service: 'test', version: '1', level: 'silent' }),
      })
      expect(refused).toBe(1)
      expect((await jsm.streams.info('HEALTH')).config.subjects).toEqual(['monitoring.health.*.*'])
    })
  })

  it('says what to do where another stream has the subjects', async () => {
    await withManager(async (jsm) => {
      await jsm.streams.delete('SLA')
      await jsm.streams.add({ name: 'FOREIGN', subjects: ['monitoring.sla.>'] })
    })
    await expect(startBare(nats.url)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/^stream SLA: .*another stream has them/),
    })
    await withManager((jsm) => jsm.streams.delete('FOREIGN'))
    await (await startBare(nats.url)).service.stop()
  })

  it('says what to do about a stream that NATS cannot change', async () => {
    await withManager(async (jsm) => {
      await jsm.streams.delete('SLA')
      await jsm.streams.add({ name: 'SLA', subjects: ['monitoring.sla.*.*'], storage: 'memory' })
    })
    await expect(startBare(nats.url)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/SLA .*storage is memory, must be file.*nats stream rm SLA/),
    })
    await withManager((jsm) => jsm.streams.delete('SLA'))
  })

  it('says so when more replicas are asked for than a single server can keep', async () => {
    await withManager((jsm) => jsm.streams.delete('CAPACITY'))
    await expect(startBare(nats.url, { NATS_REPLICAS: '3' })).rejects.toThrow('set NATS_REPLICAS to 1')
  })

  it('keeps two systems with their own prefixes apart on one server', async () => {
    const [ours, theirs] = await Promise.all([
      startBare(nats.url, { NATS_SUBJECT_PREFIX: 'acme.prod' }),
      startBare(nats.url, { NATS_SUBJECT_PREFIX: 'acme.test' }),
    ])
    await ours.ctx.bus.publish(ours.ctx.bus.subjects.metrics('shop'), { n: 1 })
    const count = async ({ ctx }: typeof ours) =>
      (await ctx.bus.jsm.streams.info(ctx.bus.streamName('METRICS'))).state.messages
    expect([await count(ours), await count(theirs)]).toEqual([1, 0])
    await (await ours.ctx.bus.kv('rules')).put('r', '1')
    expect(await (await theirs.ctx.bus.kv('rules')).get('r')).toBeNull()
    await Promise.all([ours.service.stop(), theirs.service.stop()])
  })
})

describe('the connection', () => {
  it('comes back after a restart of the server, with one line each for loss and return', async () => {
    const { lines, destination } = keepLines()
    const log = createLog({ service: 'bare', version: '1', level: 'info', destination })
    const { ctx, service } = await startBare(nats.url, {}, { log })
    await nats.kill()
    await waitFor(() => ctx.bus.trouble() !== undefined)
    const ready = await fetch(`${service.url}/health/ready`)
    expect(ready.status).toBe(503)
    expect(await ready.text()).toContain('lost NATS')
    await nats.restart()
    await waitFor(() => ctx.bus.trouble() === undefined)
    const stored = await ctx.bus.publish(ctx.bus.subjects.metrics('shop'), { n: 1 })
    expect(stored.stream).toBe('METRICS')
    await waitFor(async () => (await fetch(`${service.url}/health/ready`)).status === 200)
    const told = lines
      .filter(({ msg }) => /NATS/.test(String(msg)))
      .map(({ level, msg }) => `${level} ${msg}`)
    expect(told).toEqual([
      'info connected to NATS',
      expect.stringMatching(/^warn lost NATS at .*; reconnecting until it works$/),
      'info connected to NATS again',
    ])
    await service.stop()
  })

  it('refuses a wrong login with words, and goes on when it is put right', async () => {
    const guarded = await startNats({ user: 'tocsin', pass: 'right' })
    const wrong = await startService(
      { name: 'locked-out', env: bareEnv, port: () => 0, start: () => {} },
      {
        NATS_URL: guarded.url,
        NATS_USER: 'tocsin',
        NATS_PASS: 'wrong',
        HTTP_HOST: '127.0.0.1',
        LOG_LEVEL: 'silent',
      },
    )
    await waitFor(async () =>
      (await (await fetch(`${wrong.url}/health/ready`)).text()).includes(
        'refuses the login: check NATS_USER and NATS_PASS',
      ),
    )
    await wrong.stop()
    const { ctx, service } = await startBare(guarded.url, { NATS_USER: 'tocsin', NATS_PASS: 'right' })
    expect(ctx.bus.trouble()).toBeUndefined()
    await service.stop()
    const inUrl = await startBare(guarded.url.replace('//', '//tocsin:right@'))
    await inUrl.service.stop()
    await guarded.stop()
  })
})

describe('publishing', () => {
  it('stores a message once per id', async () => {
    const { ctx, service } = await startBare(nats.url)
    const subject = ctx.bus.subjects.alert('firing', 'once')
    const first = await ctx.bus.publish(subject, 'x', { msgId: 'a' })
    const second = await ctx.bus.publish(subject, 'x', { msgId: 'a' })
    expect([first.duplicate, second.duplicate]).toEqual([false, true])
    expect(second.sequence).toBe(first.sequence)
    await service.stop()
  })

  it('says what is wrong when no stream takes the subject, or the message is too large', async () => {
    const { ctx, service } = await startBare(nats.url)
    await expect(ctx.bus.publish('nobody.listens', 'x', { deadlineMs: 300 })).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
    })
    const body = new Uint8Array(17 * 1024 * 1024)
    await expect(ctx.bus.publish(ctx.bus.subjects.metrics('x'), body)).rejects.toMatchObject({
      code: 'too_large',
      retryable: false,
    })
    await service.stop()
  })
})
