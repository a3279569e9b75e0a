import { z } from 'zod'
import { customRule } from './alert-rule.ts'
import { capacityForecast, capacityRisk } from './capacity-event.ts'
import { stringMap } from './envelope.ts'
import { healthReport } from './health-event.ts'
import { slaPeriod, slaReport } from './sla-event.ts'

const ruleName = z.strictObject({ name: z.string().min(1) })
const nothing = z.strictObject({})

/** What rules would do now; values as Prometheus writes them, times in seconds. */
const dryRunReply = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.object({
          name: z.string(),
          type: z.enum(['alerting', 'recording']),
          query: z.string(),
          alerts: z.array(
            z.object({
              labels: stringMap,
              annotations: stringMap,
              state: z.enum(['pending', 'firing']),
              value: z.string(),
            }),
          ),
          series: z.array(z.object({ labels: stringMap, value: z.string() })),
          results: z.int().describe('how many there are, also where not all are shown'),
          warnings: z.array(z.string()),
          infos: z.array(z.string()),
          evaluationTime: z.number(),
          error: z.string().optional(),
        }),
      ),
    }),
  ),
})

/** Every verb that services answer on `<prefix>.rpc.<service>.<verb>`: its request and its reply. */
export const rpcVerbs = {
  'alert-evaluator': {
    'put-rule': { request: customRule, reply: z.object({ name: z.string(), replaced: z.boolean() }) },
    'delete-rule': { request: ruleName, reply: z.object({ name: z.string(), deleted: z.boolean() }) },
    'dry-run': {
      request: z.union([
        customRule,
        z.strictObject({ file: z.string().max(1_000_000).describe("a rule file's text") }),
      ]),
      reply: dryRunReply,
    },
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
