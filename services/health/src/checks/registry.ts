import { loginHeaders, readLogin, type ServiceContext } from '@tocsin/runtime'
import type { Check } from '../check.ts'
import type { HealthEnv } from '../env.ts'
import { diskCheck } from './disk.ts'
import { memoryCheck } from './memory.ts'
import { natsCheck } from './nats.ts'
import { observabilityCheck } from './observability.ts'
import { queryCheck } from './query.ts'
import { redisCheck } from './redis.ts'
import { serviceCheck } from './service.ts'

/** Every built-in check. A new one is a file beside this and a line here. */
export function builtInChecks({ env, bus, clock, redis }: ServiceContext<HealthEnv>): readonly Check[] {
  const at = (url: string | undefined, port: number) => url ?? `http://localhost:${port}`
  const collector = at(env.COLLECTOR_URL, env.PROMETHEUS_PORT)
  return [
    natsCheck(bus),
    redisCheck(redis()),
    memoryCheck(),
    ...env.HEALTH_DISK_PATHS.map(diskCheck),
    queryCheck(collector, clock, loginHeaders(readLogin(env))),
    observabilityCheck(bus, clock),
    serviceCheck('collector', collector, true),
    serviceCheck('alert-evaluator', at(env.ALERT_EVALUATOR_URL, env.ALERT_EVALUATOR_PORT), true),
    serviceCheck('notifier', at(env.NOTIFIER_URL, env.NOTIFIER_PORT), true),
    serviceCheck('sla', at(env.SLA_URL, env.SLA_PORT), false),
    serviceCheck('capacity', at(env.CAPACITY_URL, env.CAPACITY_PORT), false),
  ]
}
