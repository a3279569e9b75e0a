import type { ConsumeDeps } from '@tocsin/runtime'
import type { Session } from '../evaluation/session.ts'
import { chooseThresholds } from './choose-thresholds.ts'
import type { DynamicEnv } from './dynamic-env.ts'
import type { DynamicRecords } from './follow-records.ts'
import { learnBaseline } from './learn-baseline.ts'
import { measureWindows } from './measure-windows.ts'
import { kindsOf, noticeOperations } from './notice-operations.ts'
import { type OperationRecord, operationKey } from './service-record.ts'
import { ownsService } from './watch-operations.ts'

export interface LearnDeps extends Pick<ConsumeDeps, 'clock'> {
  readonly env: DynamicEnv
  readonly records: DynamicRecords
}

/** Measures the operations that are due of the services that this replica evaluates, and keeps what was learnt. */
export async function learnThresholds(
  session: Pick<Session, 'head' | 'owns'>,
  { env, records, clock }: LearnDeps,
): Promise<void> {
  const noticed = noticeOperations(session.head, kindsOf(env.DYNAMIC_ALERTS_KINDS))
  for (const service of records.services()) {
    const settings = records.settings(service)
    if (settings.enabled === false || !ownsService(session, service)) continue
    const seen = noticed.get(service)
    const learnt = new Map<string, Partial<OperationRecord>>()
    for (const operation of records.record(service).operations) {
      const nowMs = clock.now()
      const { measured } = operation
      if (measured && nowMs - measured.atMs < env.DYNAMIC_ALERTS_BASELINE_INTERVAL && nowMs >= measured.atMs)
        continue
      const lastSeenMs = Math.max(
        operation.lastSeenMs,
        Math.round(seen?.get(operationKey(operation))?.lastSeenMs ?? 0),
      )
      learnt.set(operationKey(operation), {
        lastSeenMs,
        ...(await learnOperation(session, service, operation, settings, env, nowMs)),
      })
    }
    if (learnt.size === 0) continue
    await records.update(service, (now) => ({
      ...now,
      operations: now.operations.map((one) => ({ ...one, ...learnt.get(operationKey(one)) })),
    }))
  }
}

async function learnOperation(
  { head }: Pick<Session, 'head'>,
  service: string,
  operation: OperationRecord,
  settings: Parameters<typeof chooseThresholds>[1],
  env: DynamicEnv,
  nowMs: number,
): Promise<Partial<OperationRecord>> {
  const { learning, quantile, minCalls } = chooseThresholds(operation, settings, env)
  const windows = await measureWindows(
    head,
    { ...operation, service },
    {
      nowMs,
      windowMs: env.DYNAMIC_ALERTS_WINDOW,
      reachMs: env.DYNAMIC_ALERTS_BASELINE_REACH,
      quantile,
      minCalls,
    },
  )
  const errors = learning.errors && learnBaseline(windows.errors, operation.errors, learning.errors, nowMs)
  const latency =
    learning.latency && learnBaseline(windows.latency, operation.latency, learning.latency, nowMs)
  return {
    measured: { atMs: nowMs, samples: windows.errors.length },
    ...(errors && { errors }),
    ...(latency && { latency }),
  }
}
