import { groupId } from '@tocsin/alerting'
import { dynamicGroup } from '@tocsin/rules'
import { type ConsumeDeps, createThrottle, messageOf } from '@tocsin/runtime'
import type { Session } from '../evaluation/session.ts'
import { admitOperations } from './admit-operations.ts'
import type { DynamicEnv } from './dynamic-env.ts'
import type { DynamicRecords } from './follow-records.ts'
import { kindsOf, noticeOperations, operationOf } from './notice-operations.ts'
import { operationKey, type ServiceRecord } from './service-record.ts'

/** What is seen in traces becomes known. */
export interface OperationWatch {
  /** Looks at another session's series. */
  follow(session: Pick<Session, 'head'>): void
  /** Takes what was seen into the records of the services that this replica evaluates. */
  settle(session: Pick<Session, 'head' | 'owns'>): Promise<void>
  /** How many operations of a service have no room. */
  over(service: string): number
}

export interface OperationWatchDeps extends Pick<ConsumeDeps, 'clock' | 'log'> {
  readonly env: DynamicEnv
  readonly records: DynamicRecords
  /** Something new was seen. */
  readonly onNew: () => void
}

const TELL_EVERY_MS = 3_600_000

/** Whether this replica evaluates the dynamic rules of a service. */
export function ownsService({ owns }: Pick<Session, 'owns'>, service: string): boolean {
  return owns(groupId(dynamicGroup(service, [])))
}

export function createOperationWatch({
  env,
  records,
  clock,
  log,
  onNew,
}: OperationWatchDeps): OperationWatch {
  const kinds = kindsOf(env.DYNAMIC_ALERTS_KINDS)
  const limits = { most: env.DYNAMIC_ALERTS_MAX_OPERATIONS, forgetMs: env.DYNAMIC_ALERTS_FORGET }
  const throttle = createThrottle(clock, TELL_EVERY_MS)
  let over = new Map<string, number>()
  let unwatch = () => {}

  function tellOver(service: string, count: number): void {
    const due = throttle(service)
    if (!due) return
    const advice =
      'take ids out of span names, or raise DYNAMIC_ALERTS_MAX_OPERATIONS or DYNAMIC_ALERTS_MAX_IN_ALL'
    log.warn(
      { operationsOf: service, over: count, most: limits.most },
      `operations beyond the limit have no dynamic alerts: ${advice}`,
    )
  }

  return {
    over: (service) => over.get(service) ?? 0,
    follow({ head }) {
      unwatch()
      unwatch = head.watchSeries({
        created(series) {
          const operation = operationOf(series, kinds)
          if (!operation) return
          const { operations } = records.record(operation.service)
          const key = operationKey(operation)
          if (!operations.some((known) => operationKey(known) === key)) onNew()
        },
      })
    },
    async settle(session) {
      const counted = new Map<string, number>()
      const noticed = noticeOperations(session.head, kinds)
      const services = new Set([...records.services(), ...noticed.keys()])
      let left = env.DYNAMIC_ALERTS_MAX_IN_ALL
      for (const service of services) left -= records.record(service).operations.length
      for (const service of services) {
        const operations = noticed.get(service) ?? new Map()
        const before = records.record(service)
        const most = Math.min(limits.most, before.operations.length + Math.max(0, left))
        const admit = (now: ServiceRecord) =>
          admitOperations(now, operations, { ...limits, most }, clock.now())
        const { record, over } = admit(before)
        left -= (record ?? before).operations.length - before.operations.length
        counted.set(service, over)
        if (over > 0) tellOver(service, over)
        const isIdle = (now: ServiceRecord) =>
          now.operations.length === 0 && clock.now() - now.changedMs > env.DYNAMIC_ALERTS_FORGET
        const isForgotten = !record && before.changedMs > 0 && isIdle(before)
        if ((!record && !isForgotten) || !ownsService(session, service)) continue
        await records
          .update(service, (now) => admit(now).record ?? (isIdle(now) ? 'forget' : undefined))
          .catch((error: unknown) =>
            log.warn({ service, reason: messageOf(error) }, 'what was seen of a service will be noted later'),
          )
      }
      over = counted
    },
  }
}
