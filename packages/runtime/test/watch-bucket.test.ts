import { failOnLeaks, type Server, startNats, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { watchBucket } from '../src/mod.ts'
import { startBare } from './bare-service.ts'

failOnLeaks({ beforeAll, afterAll })
let nats: Server
beforeAll(async () => {
  nats = await startNats()
})
afterAll(() => nats.stop())

it('a watch tells the newest value of every key, then every change, also after a restart of the server', async () => {
  const { ctx, service } = await startBare(nats.url)
  const kv = await ctx.bus.kv('rules')
  await kv.put('a', 'old')
  await kv.put('b.c', '1')
  await kv.put('a', 'new')
  await kv.put('gone', 'x')
  await kv.delete('gone')
  const told: string[] = []
  const watch = await watchBucket(ctx, 'rules', {
    onPut: (key, value) => told.push(`${key}=${value}`),
    onDelete: (key) => told.push(`-${key}`),
    onCurrent: () => told.push('current'),
    onRecreated: () => told.push('recreated'),
  })
  await watch.caughtUp
  expect(told.splice(0)).toEqual(['b.c=1', 'a=new', '-gone', 'current'])
  await kv.put('a', 'newer')
  await waitFor(() => told.length === 1)
  await nats.kill()
  await nats.restart()
  await waitFor(() => ctx.bus.trouble() === undefined)
  await waitFor(async () => kv.put('b.c', '2'))
  await waitFor(() => told.length === 2, { what: 'the change after the restart' })
  expect(told.splice(0)).toEqual(['a=newer', 'b.c=2'])
  await ctx.bus.jsm.streams.delete('KV_rules')
  await waitFor(() => told.includes('recreated'))
  await kv.put('fresh', '1')
  await waitFor(() => told.length === 2)
  expect(told).toEqual(['recreated', 'fresh=1'])
  await service.stop()
})

it('a watch of an empty bucket is current at once', async () => {
  const { ctx, service } = await startBare(nats.url)
  const watch = await watchBucket(ctx, 'slos', { onPut: () => {}, onDelete: () => {} })
  await watch.caughtUp
  await service.stop()
})

it('a watch that lags behind misses nothing while revisions are erased', async () => {
  const { ctx, service } = await startBare(nats.url)
  const { bus } = ctx
  const kv = await bus.kv('slos')
  const told = new Set<string>()
  const erased = Promise.withResolvers<void>()
  const watch = await watchBucket(ctx, 'slos', {
    async onPut(key) {
      told.add(key)
      await erased.promise
    },
    onDelete: () => {},
  })
  await watch.caughtUp
  const keys = Array.from({ length: 5000 }, (_, i) => `many.${i}`)
  const revisions = await Promise.all(keys.map((key) => kv.put(key, 'x')))
  const [first, last] = [revisions[0] ?? 0, revisions.at(-1) ?? 0]
  for (const revision of [first, last, last]) await bus.eraseRevision('slos', revision)
  erased.resolve()
  await waitFor(() => told.has(keys.at(-2) ?? ''), { what: 'the last that is left' })
  const gone = keys.pop() ?? ''
  expect(keys.filter((key) => !told.has(key))).toEqual([])
  expect(told.has(gone)).toBe(false)
  expect(await kv.get(gone)).toBeNull()
  await service.stop()
})
