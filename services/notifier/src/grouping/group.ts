import type { Labels } from '@tocsin/contract'
import type { Policy, Route } from '../policy/policy.ts'
import { waysOf } from '../policy/queues-of.ts'
import { nextFlushMs, type Timing } from './next-flush.ts'
import type { AlertRecord, GroupRecord } from './records.ts'
import { type Class, classesOf } from './told-classes.ts'

/** Alerts that are told together, while there are any. */
export interface Group {
  readonly key: string
  readonly labels: Labels
  route: Route
  /** Whether the policy has this route; where it is gone, only ends are told. */
  isRouted: boolean
  readonly members: Map<string, AlertRecord>
  /** Members that the policy has moved elsewhere. */
  readonly moved: Set<string>
  record: GroupRecord | undefined
  lookedMs: number | undefined
  dueMs: number | undefined
  /** What was left out at the last look. */
  hasMuted: boolean
  /** By alert: the transition of which it is in the delivery log that it is muted. */
  readonly mutedSaid: Map<string, string>
  cancelTimer: () => void
}

export function createGroup(
  key: string,
  labels: Labels,
  route: Route,
  record: GroupRecord | undefined,
): Group {
  return {
    key,
    labels,
    route,
    isRouted: true,
    members: new Map(),
    moved: new Set(),
    record,
    lookedMs: undefined,
    dueMs: undefined,
    hasMuted: false,
    mutedSaid: new Map(),
    cancelTimer: () => {},
  }
}

/** What its channels have been told. */
export function classesOfGroup(group: Group, policy: Policy): readonly Class[] {
  return classesOf(group.record?.told ?? [], group.isRouted ? waysOf(policy, group.route) : [])
}

export function timingOf({ route, record, lookedMs }: Group): Timing {
  return { route, anchorMs: record?.anchorMs, lookedMs }
}

/** When it must be looked at next; at once where nothing in it fires any more; undefined for not at all. */
export function nextLookMs(group: Group, policy: Policy): number | undefined {
  const { members, moved } = group
  const due = nextFlushMs(members.values(), moved, classesOfGroup(group, policy), timingOf(group))
  if (due !== undefined) return due
  const fires = [...members.values()].some(({ status }) => status === 'firing')
  return fires ? undefined : 0
}

/** The route of a group whose own is gone: it only tells ends, at once. */
export function formerRoute({ route: { key, name, receiver } }: Pick<GroupRecord, 'route'>): Route {
  return {
    key,
    name,
    receiver,
    groupBy: [],
    waitMs: 0,
    intervalMs: 0,
    repeatMs: undefined,
    muteIntervals: [],
    activeIntervals: [],
    digest: undefined,
    rateLimit: undefined,
    fallback: undefined,
  }
}
