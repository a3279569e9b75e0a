import type { Labels } from '@tocsin/contract'
import type { MutedBy, Mutes } from '../grouping/mutes.ts'
import type { Inhibition } from './inhibition.ts'
import type { Policy, Route } from './policy.ts'
import { containsTime } from './time-interval.ts'

/** What people have said about alerts. */
export interface Hushed extends Pick<Mutes, 'acknowledged' | 'onChange'> {
  /** The silences that mute these labels. */
  silencedBy(labels: Labels, nowMs: number): readonly string[]
}

const MINUTE_MS = 60_000

/** All that mutes alerts, asked in Alertmanager's order: inhibition, active and mute intervals, silences. */
export function createMutes(policy: () => Policy, inhibition: Inhibition, hushed: Hushed): Mutes {
  const mutedByClock = createMutedByClock(policy)
  return {
    mutedBy(labels, _fingerprint, route, nowMs) {
      const source = inhibition.inhibitedBy(labels)
      if (source !== undefined) return { by: 'inhibition', ids: [source] }
      const byTime = mutedByClock(route, nowMs)
      if (byTime) return byTime
      const silences = hushed.silencedBy(labels, nowMs)
      return silences.length > 0 ? { by: 'silence', ids: silences } : undefined
    },
    acknowledged: hushed.acknowledged,
    onChange(listener) {
      const ends = [inhibition.onChange(listener), hushed.onChange(listener)]
      return () => {
        for (const end of ends) end()
      }
    },
  }
}

/** What makes a route quiet at a moment, by the intervals of the policy that holds then. */
export type MutedByClock = (route: Route, nowMs: number) => MutedBy | undefined

export function createMutedByClock(policy: () => Policy): MutedByClock {
  const isTime = createIsTime(policy)
  return (route, nowMs) => mutedByTime(route, (name) => isTime(name, nowMs))
}

/** Whether a route is quiet by the clock. */
export function mutedByTime(
  { activeIntervals, muteIntervals }: Pick<Route, 'activeIntervals' | 'muteIntervals'>,
  isTime: (name: string) => boolean,
): MutedBy | undefined {
  if (activeIntervals.length > 0 && !activeIntervals.some(isTime))
    return { by: 'outside_active_interval', ids: activeIntervals }
  const muting = muteIntervals.filter(isTime)
  return muting.length > 0 ? { by: 'mute_interval', ids: muting } : undefined
}

/** Whether it is the time of a named interval: worked out once a minute, since intervals know nothing shorter. */
function createIsTime(policy: () => Policy): (name: string, nowMs: number) => boolean {
  let worked = { minute: -1, policy: policy(), answers: new Map<string, boolean>() }
  return (name, nowMs) => {
    const minute = Math.floor(nowMs / MINUTE_MS)
    if (worked.minute !== minute || worked.policy !== policy())
      worked = { minute, policy: policy(), answers: new Map() }
    const known = worked.answers.get(name)
    if (known !== undefined) return known
    const intervals = worked.policy.timeIntervals.get(name) ?? []
    const answer = intervals.some((interval) => containsTime(interval, nowMs))
    worked.answers.set(name, answer)
    return answer
  }
}
