import type { DynamicAlertSettings } from '@tocsin/contract'
import { type ConsumeDeps, messageOf } from '@tocsin/runtime'
import type { Session } from '../evaluation/session.ts'
import { chooseThresholds } from './choose-thresholds.ts'
import type { DynamicEnv } from './dynamic-env.ts'
import type { DynamicRecords } from './follow-records.ts'
import { learnBaseline } from './learn-baseline.ts'
import { measureWindows } from './measure-windows.ts'
import { kindsOf, type NoticedOperation, noticeOperations } from './notice-operations.ts'
import { type OperationRecord, operationKey } from './service-record.ts'
import { ownsService } from './watch-operations.ts'

export interface LearnDeps extends Pick<ConsumeDeps, 'clock' | 'log'> {
  readonly env: DynamicEnv
  readonly records: DynamicRecords
}

/** Measures the operations that are due of the services that this replica evaluates, and keeps what was learnt. */
export async function learnThresholds(
  session: Pick<Session, 'head' | 'owns'>,
  deps: LearnDeps,
): Promise<void> {
  const { env, records, log } = deps
  const noticed = noticeOperations(session.head, kindsOf(env.DYNAMIC_ALERTS_KINDS))
  for (const service of records.services()) {
    if (records.settings(service).enabled === false || !ownsService(session, service)) continue
    await learnService(session, service, noticed.get(service), deps).catch((error: unknown) =>
      log.warn({ ofService: service, reason: messageOf(error) }, 'thresholds will be learnt later'),
    )
  }
}

async function learnService(
  session: Pick<Session, 'head'>,
  service: string,
  noticed: ReadonlyMap<string, NoticedOperation> | undefined,
  { env, records, clock }: LearnDeps,
): Promise<void> {
  const settings = records.settings(service)
  const learnt = new Map<string, Partial<OperationRecord>>()
  for (const operation of records.record(service).operations) {
    const nowMs = clock.now()
    const sinceMs = nowMs - (operation.measured?.atMs ?? Number.NEGATIVE_INFINITY)
    if (sinceMs >= 0 && sinceMs < env.DYNAMIC_ALERTS_BASELINE_INTERVAL) continue
    const key = operationKey(operation)
    const lastSeenMs = Math.max(operation.lastSeenMs, noticed?.get(key)?.lastSeenMs ?? 0)
    const measured = await learnOperation(session, service, operation, settings, env, nowMs)
    learnt.set(key, { lastSeenMs, ...measured })
  }
  if (learnt.size === 0) return
  await records.update(service, (now) => ({
    ...now,
    operations: now.operations.map((one) => ({ ...one, ...learnt.get(operationKey(one)) })),
  }))
}

async function learnOperation(
  { head }: Pick<Session, 'head'>,
  service: string,
  operation: OperationRecord,
  settings: DynamicAlertSettings,
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
