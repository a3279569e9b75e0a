import type { Clock } from '@tocsin/runtime'
import type { Policy } from '../policy/policy.ts'
import { waysOf } from '../policy/queues-of.ts'
import { labelsOfRecord } from '../policy/routing-labels.ts'
import { type AlertsNotification, buildAlertsNotification } from './build-alerts-notification.ts'
import { decideFlush, type FlushDecision } from './decide-flush.ts'
import type { Group } from './group.ts'
import type { GroupStore } from './group-store.ts'
import type { MutedBy, Mutes } from './mutes.ts'
import type { AlertRecord, GroupRecord } from './records.ts'

/**
 * Tells a notification to each of the channels; resolves when none can miss it any more. Repeating it with the same id is
 * safe. `mayWait`: whether nobody waits for the group meanwhile.
 */
export type Tell = (
  notification: AlertsNotification,
  channels: readonly string[],
  how: { readonly mayWait: boolean },
) => Promise<void>

export interface FlushDeps {
  readonly store: Pick<GroupStore, 'putGroup' | 'endGroup'>
  readonly policy: () => Policy
  readonly mutes: Mutes
  readonly tell: Tell
  readonly clock: Clock
  readonly externalURL: string
  /** Writes down that a transition is not told for now; once for each transition and group. */
  readonly onMuted: (record: AlertRecord, group: Group, by: MutedBy) => void
}

/** What a look at a group decided, and its members at that moment. */
export interface Look {
  readonly decision: FlushDecision
  readonly members: ReadonlyMap<string, AlertRecord>
  readonly nowMs: number
}

/** Tells a group what it has to tell, with `incoming` as if it were a member already. */
export async function tellGroup(
  group: Group,
  deps: FlushDeps & { readonly isWaitedFor: (key: string) => boolean },
  incoming?: AlertRecord,
): Promise<Look> {
  const { policy, mutes, tell, clock, externalURL } = deps
  const { route } = group
  const nowMs = clock.now()
  const members = new Map(group.members)
  if (incoming) members.set(incoming.fingerprint, incoming)
  const mutedBy = (record: AlertRecord) =>
    mutes.mutedBy(labelsOfRecord(record), record.fingerprint, route, nowMs)
  const decision = decideFlush(
    {
      members: [...members.values()],
      moved: group.moved,
      told: group.record?.told ?? [],
      ways: group.isRouted ? waysOf(policy(), route) : [],
      repeatMs: route.repeatMs,
      isMuted: (record) => mutedBy(record) !== undefined,
      isAcknowledged: ({ alert }) => mutes.acknowledged(alert, nowMs),
    },
    nowMs,
  )
  for (const telling of decision.tellings) {
    const notification = buildAlertsNotification(
      telling,
      { key: group.key, labels: group.labels, route },
      externalURL,
      nowMs,
    )
    await tell(notification, telling.channels, { mayWait: !deps.isWaitedFor(group.key) })
  }
  for (const record of decision.muted) {
    const by = mutedBy(record)
    if (by && group.mutedSaid.get(record.fingerprint) !== record.id) deps.onMuted(record, group, by)
    group.mutedSaid.set(record.fingerprint, record.id)
  }
  return { decision, members, nowMs }
}

/** Records what was told; answers the members that have ended, and leave the group with that. */
export async function settleGroup(
  group: Group,
  look: Look,
  { store }: FlushDeps,
): Promise<readonly AlertRecord[]> {
  const { decision, members, nowMs } = look
  group.lookedMs = nowMs
  group.hasMuted = decision.muted.length > 0
  const isOver = ![...members.values()].some(({ status }) => status === 'firing')
  const next: GroupRecord = {
    key: group.key,
    route: { key: group.route.key, name: group.route.name, receiver: group.route.receiver },
    labels: group.labels,
    anchorMs: isOver ? undefined : (group.record?.anchorMs ?? nowMs),
    told: isOver ? decision.told.filter(({ firing }) => firing.size > 0) : decision.told,
  }
  if (isOver && next.told.length === 0) {
    if (group.record) await store.endGroup(group.key)
    group.record = undefined
  } else if (decision.isChanged || next.anchorMs !== group.record?.anchorMs) {
    await store.putGroup(next)
    group.record = next
  }
  return [...members.values()].filter(
    (record) => record.status === 'resolved' && group.members.get(record.fingerprint) === record,
  )
}
