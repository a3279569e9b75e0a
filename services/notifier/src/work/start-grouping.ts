import type { ServiceContext } from '@tocsin/runtime'
import type { AlertsWriter } from '../api-v2/follow-alerts.ts'
import { logMuted } from '../delivery/log-muted.ts'
import type { NotifierEnv } from '../env.ts'
import type { Tell } from '../grouping/flush-group.ts'
import { createGroupStore } from '../grouping/group-store.ts'
import { createGrouper, type Grouper } from '../grouping/grouper.ts'
import type { NotifierMetrics } from '../metrics.ts'
import { createInhibition } from '../policy/inhibition.ts'
import type { Policy } from '../policy/policy.ts'
import { createMutes, type Hushed } from '../policy/policy-mutes.ts'
import type { RecordBucket } from '../records/record-bucket.ts'

export interface GroupingParts {
  readonly ctx: ServiceContext<NotifierEnv>
  readonly records: RecordBucket
  readonly firing: AlertsWriter
  readonly policy: () => Policy
  /** The policy without a configuration file: what groups had told before there was one is read by it. */
  readonly formerPolicy: Policy
  readonly hushed: Hushed
  readonly tell: Tell
  readonly metrics: NotifierMetrics
  readonly externalURL: string
  /** Names the present making of the ALERTS stream: its sequences begin anew with it. */
  readonly incarnation: string
  readonly mayAct: () => boolean
  /** Aborts when this process must leave the work to another. */
  readonly signal: AbortSignal
}

export interface Grouping {
  readonly grouper: Grouper
  /** Goes on by the policy that holds now. */
  adoptPolicy(): void
}

/** Puts together what groups alerts, and what mutes them. */
export function startGrouping(parts: GroupingParts): Grouping {
  const { ctx, records, firing, policy, formerPolicy, metrics, incarnation } = parts
  const { bus, clock, log } = ctx
  const store = createGroupStore({
    records,
    firing,
    incarnation,
    formerPolicy,
    onBadRecord: (key, detail) =>
      log.error({ key, detail }, 'a record of the bucket groups cannot be read, and is left out'),
  })
  const inhibition = createInhibition(policy)
  const grouper = createGrouper({
    ...parts,
    store,
    mutes: createMutes(policy, inhibition, parts.hushed),
    clock,
    log,
    onAlert: inhibition.observe,
    onMuted(record, group, mutedBy) {
      logMuted({ bus, metrics }, { record, group, mutedBy, nowMs: clock.now() }, policy()).catch(
        (error: unknown) =>
          log.warn(
            { err: error, alert: record.fingerprint },
            'that an alert is muted is not in the delivery log',
          ),
      )
    },
  })
  return {
    grouper,
    adoptPolicy() {
      inhibition.adoptPolicy()
      grouper.adoptPolicy()
    },
  }
}
