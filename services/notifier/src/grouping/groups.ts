import type { AlertEvent, Labels } from '@tocsin/contract'
import type { Policy, Route } from '../policy/policy.ts'
import { tellingsOf, waysOf } from '../policy/queues-of.ts'
import { everyRoute } from '../policy/routes-of.ts'
import { labelsOfAlert, labelsOfRecord } from '../policy/routing-labels.ts'
import { classesOfGroup, createGroup, formerRoute, type Group } from './group.ts'
import { groupOf } from './group-key.ts'
import type { Loaded } from './group-store.ts'
import type { AlertRecord, GroupRecord } from './records.ts'
import { isNews } from './told-classes.ts'

interface Place {
  readonly route: Route
  readonly labels: Labels
}

/** Which alerts are known, and which groups they are in. */
export interface Groups {
  /** The last transition of every alert, ended ones included: how repeats are known. */
  readonly alerts: Map<string, AlertRecord>
  all(): Iterable<Group>
  has(group: Group): boolean
  /** The groups that a transition concerns: those of its routes, and those that its alert is in. */
  placesOf(event: AlertEvent): ReadonlyMap<string, Place>
  open(key: string, labels: Labels, route: Route): Group
  remember(record: AlertRecord): void
  join(group: Group, record: AlertRecord): void
  leave(group: Group, fingerprint: string): void
  /** The group's record, when its receivers know from elsewhere that an alert fires. */
  withHeard(group: Group, fingerprint: string, nowMs: number): GroupRecord
  /** The group is told to its end; what it leaves standing is kept. */
  end(group: Group): void
  endIfEmpty(group: Group): void
  /** Puts an alert where the policy wants it; answers the groups that have changed. */
  place(fingerprint: string): readonly Group[]
  placeAll(): void
  restore(
    loaded: Loaded,
    onAlert: (fingerprint: string, labels: Labels, status: AlertRecord['status']) => void,
  ): void
  endedBefore(ms: number): { readonly alerts: readonly string[]; readonly groups: readonly string[] }
  /** Whether a group that is over was known. */
  forget(key: string): boolean
}

export function createGroups(policy: () => Policy): Groups {
  const alerts = new Map<string, AlertRecord>()
  const groups = new Map<string, Group>()
  const memberOf = new Map<string, Set<Group>>()
  /** What groups that are over have left standing. */
  const standing = new Map<string, GroupRecord>()

  function open(key: string, labels: Labels, route: Route): Group {
    const known = groups.get(key)
    if (known) return known
    const left = standing.get(key)
    standing.delete(key)
    const group = createGroup(key, labels, route, left)
    groups.set(key, group)
    return group
  }

  function join(group: Group, record: AlertRecord): void {
    group.members.set(record.fingerprint, record)
    const of = memberOf.get(record.fingerprint)
    if (of) of.add(group)
    else memberOf.set(record.fingerprint, new Set([group]))
  }

  function leave(group: Group, fingerprint: string): void {
    group.members.delete(fingerprint)
    group.moved.delete(fingerprint)
    group.mutedSaid.delete(fingerprint)
    const of = memberOf.get(fingerprint)
    of?.delete(group)
    if (of?.size === 0) memberOf.delete(fingerprint)
  }

  function end(group: Group): void {
    group.cancelTimer()
    groups.delete(group.key)
    if (group.record) standing.set(group.key, { ...group.record, anchorMs: undefined })
  }

  function endIfEmpty(group: Group): void {
    if (group.members.size === 0 && groups.get(group.key) === group) end(group)
  }

  function placesIn(labels: Labels): Map<string, Place> {
    const places = new Map<string, Place>()
    for (const { route } of tellingsOf(policy(), labels)) {
      const name = groupOf(route, labels)
      places.set(name.key, { route, labels: name.labels })
    }
    return places
  }

  function place(fingerprint: string): readonly Group[] {
    const record = alerts.get(fingerprint)
    if (record?.status !== 'firing') return []
    const wanted = placesIn(labelsOfRecord(record))
    const left = [...(memberOf.get(fingerprint) ?? [])].filter(({ key }) => !wanted.has(key))
    for (const group of left) {
      const isKnown = (group.record?.told ?? []).some(({ open: opened }) => opened.has(fingerprint))
      if (isKnown) group.moved.add(fingerprint)
      else leave(group, fingerprint)
    }
    const joined = [...wanted].map(([key, { labels, route }]) => open(key, labels, route))
    for (const group of joined) {
      group.moved.delete(fingerprint)
      join(group, record)
    }
    return [...left, ...joined]
  }

  /** The route that a group goes on by: its own as the policy has it now, or what is left to do without one. */
  function reroute(group: Group): void {
    const route = everyRoute(policy()).find(({ key }) => key === group.route.key)
    group.isRouted = route !== undefined && tellable(route)
    group.route = route ?? formerRoute(group)
  }

  function tellable(route: Route): boolean {
    return waysOf(policy(), route).length > 0
  }

  return {
    alerts,
    all: () => groups.values(),
    has: (group) => groups.get(group.key) === group,
    placesOf(event) {
      const of = memberOf.get(event.fingerprint)
      if (!of) return placesIn(labelsOfAlert(event))
      const places = new Map<string, Place>()
      for (const { key, route, labels } of of) places.set(key, { route, labels })
      if (event.state === 'resolved' && !event.direct) return places
      return new Map([...places, ...placesIn(labelsOfAlert(event))])
    },
    open,
    remember: (record) => void alerts.set(record.fingerprint, record),
    join,
    leave,
    withHeard(group, fingerprint, nowMs) {
      const told = classesOfGroup(group, policy()).map(({ told: entry, isFormer }) => {
        if (isFormer) return entry
        const firing = new Set(entry.firing).add(fingerprint)
        return {
          ...entry,
          atMs: nowMs,
          count: Math.max(1, entry.count),
          firing,
          open: new Set(entry.open).add(fingerprint),
        }
      })
      const { key, labels, route, record } = group
      const { name, receiver } = route
      return { key, labels, route: { key: route.key, name, receiver }, anchorMs: record?.anchorMs, told }
    },
    end,
    endIfEmpty,
    place,
    placeAll() {
      for (const group of groups.values()) reroute(group)
      for (const fingerprint of alerts.keys()) place(fingerprint)
      for (const group of [...groups.values()]) endIfEmpty(group)
    },
    restore(loaded, onAlert) {
      for (const record of loaded.alerts) {
        alerts.set(record.fingerprint, record)
        onAlert(record.fingerprint, labelsOfRecord(record), record.status)
      }
      for (const record of loaded.groups) {
        const group = createGroup(record.key, record.labels, formerRoute(record), record)
        reroute(group)
        const classes = classesOfGroup(group, policy())
        for (const fingerprint of new Set(record.told.flatMap(({ open: opened }) => [...opened]))) {
          const alert = alerts.get(fingerprint)
          if (
            alert &&
            (alert.status === 'firing' || classes.some((known) => isNews(alert, known, group.moved)))
          )
            join(group, alert)
        }
        if (group.members.size > 0) groups.set(group.key, group)
        else standing.set(group.key, record)
      }
      for (const fingerprint of alerts.keys()) place(fingerprint)
    },
    endedBefore(ms) {
      const ended = [...alerts.values()].filter(
        ({ status, acceptedMs, fingerprint }) =>
          status === 'resolved' && acceptedMs < ms && !memberOf.has(fingerprint),
      )
      const over = [...standing.values()].filter(({ told }) => told.every(({ atMs }) => atMs < ms))
      return { alerts: ended.map(({ fingerprint }) => fingerprint), groups: over.map(({ key }) => key) }
    },
    forget: (key) => standing.delete(key),
  }
}
