import { failOnLeaks, type Server, startNats } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RpcError, type RunningService } from '../src/mod.ts'
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

describe('calls between services', () => {
  it('are answered, typed by the contract, and found by the services API', async () => {
    const stop = await ctx.bus.serveRpc('alert-evaluator', {
      'put-rule': ({ name }) => ({ name, replaced: false }),
      'delete-rule': async ({ name }) => {
        throw new RpcError('unknown_rule', `there is no rule ${name}`)
      },
      'dry-run': () => ({ groups: [] }),
      'list-rules': () => ({ rules: [] }),
    })
    const rule = { name: 'High', expression: 'x > 1', severity: 'high' } as const
    expect(await ctx.bus.callRpc('alert-evaluator', 'put-rule', rule)).toEqual({
      name: 'High',
      replaced: false,
    })
    await expect(ctx.bus.callRpc('alert-evaluator', 'delete-rule', { name: 'Low' })).rejects.toMatchObject({
      code: 'unknown_rule',
      message: 'there is no rule Low',
    })
    const badly = await ctx.bus.nc.request(ctx.bus.subjects.rpc('alert-evaluator', 'put-rule'), '{"name":1}')
    expect(badly.json()).toMatchObject({ ok: false, error: { code: 'invalid_request' } })
    expect(badly.headers?.get('Nats-Service-Error-Code')).toBe('400')
    const found = await ctx.bus.nc.request('$SRV.INFO.alert-evaluator')
    expect(found.json()).toMatchObject({ name: 'alert-evaluator', type: 'io.nats.micro.v1.info_response' })
    await stop()
  })

  it('say at once that a service does not run', async () => {
    await expect(ctx.bus.callRpc('sla', 'report', { period: 'day' })).rejects.toMatchObject({
      code: 'unavailable',
    })
  })
})
