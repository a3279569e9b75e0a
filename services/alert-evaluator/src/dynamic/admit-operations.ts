import type { NoticedOperation } from './notice-operations.ts'
import { operationKey, type ServiceRecord } from './service-record.ts'

export interface AdmissionLimits {
  readonly most: number
  readonly forgetMs: number
}

/** What becomes of a service's operations. */
export interface Admission {
  /** Undefined: nothing changes. */
  readonly record: ServiceRecord | undefined
  /** How many have no room. */
  readonly over: number
}

/** Takes what was seen into a service's record, first come, first served; what is not seen for too long makes room. */
export function admitOperations(
  record: ServiceRecord,
  noticed: ReadonlyMap<string, NoticedOperation>,
  { most, forgetMs }: AdmissionLimits,
  nowMs: number,
): Admission {
  const isSeen = (lastSeenMs: number) => lastSeenMs >= nowMs - forgetMs
  const kept = record.operations.filter((operation) => {
    const seen = noticed.get(operationKey(operation))
    return isSeen(Math.max(operation.lastSeenMs, seen?.lastSeenMs ?? 0))
  })
  const known = new Set(kept.map(operationKey))
  const fresh = [...noticed].filter(([key, { lastSeenMs }]) => !known.has(key) && isSeen(lastSeenMs))
  const admitted = fresh
    .slice(0, Math.max(0, most - kept.length))
    .map(([, { name, kind, lastSeenMs }]) => ({ name, kind, firstSeenMs: nowMs, lastSeenMs }))
  const changed = admitted.length > 0 || kept.length < record.operations.length
  return {
    record: changed ? { ...record, operations: [...kept, ...admitted] } : undefined,
    over: fresh.length - admitted.length,
  }
}
