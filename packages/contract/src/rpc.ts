import { z } from 'zod'
import { customRule } from './alert-rule.ts'
import { capacityForecast, capacityRisk } from './capacity-event.ts'
import { healthReport } from './health-event.ts'
import { slaPeriod, slaReport } from './sla-event.ts'

const ruleName = z.strictObject({ name: z.string().min(1) })
const nothing = z.strictObject({})

/** Every verb that services answer on `<prefix>.rpc.<service>.<verb>`: its request and its reply. */
export const rpcVerbs = {
  'alert-evaluator': {
    'put-rule': { request: customRule, reply: z.object({ name: z.string(), replaced: z.boolean() }) },
    'delete-rule': { request: ruleName, reply: z.object({ name: z.string(), deleted: z.boolean() }) },
    'list-rules': { request: nothing, reply: z.object({ rules: z.array(customRule) }) },
  },
  health: { report: { request: nothing, reply: healthReport } },
  sla: { report: { request: z.strictObject({ period: slaPeriod }), reply: slaReport } },
  capacity: {
    forecast: {
      request: z.strictObject({ resource: z.string().min(1), days: z.number().gt(0).max(365) }),
      reply: capacityForecast,
    },
    risk: { request: nothing, reply: capacityRisk },
  },
} as const

export type RpcVerbs = typeof rpcVerbs
export type RpcService = keyof RpcVerbs
export type RpcRequest<S extends RpcService, V extends keyof RpcVerbs[S]> = RpcVerbs[S][V] extends {
  request: infer R extends z.ZodType
}
  ? z.infer<R>
  : never
export type RpcReply<S extends RpcService, V extends keyof RpcVerbs[S]> = RpcVerbs[S][V] extends {
  reply: infer R extends z.ZodType
}
  ? z.infer<R>
  : never

/** How every reply is wrapped. */
export const rpcEnvelope = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), data: z.unknown() }),
  z.object({ ok: z.literal(false), error: z.object({ code: z.string(), message: z.string() }) }),
])
export type RpcEnvelope = z.infer<typeof rpcEnvelope>
