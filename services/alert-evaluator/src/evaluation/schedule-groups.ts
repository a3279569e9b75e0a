import type { PlacedGroup } from '@tocsin/alerting'
import type { Clock } from '@tocsin/runtime'

/** Calls each group at its interval. */
export interface GroupSchedule {
  /** Replaces the groups; those that stay keep their beat. */
  set(groups: readonly PlacedGroup[]): void
  stop(): void
}

/**
 * Evaluates groups at fixed points in time, spread over the interval by the group's identity as in Prometheus, so
 * that a restart keeps the beat. A beat that is missed is left out.
 */
export function scheduleGroups(clock: Clock, evaluate: (group: PlacedGroup) => void): GroupSchedule {
  let cancels: (() => void)[] = []
  const stop = () => {
    for (const cancel of cancels) cancel()
    cancels = []
  }
  return {
    stop,
    set(groups) {
      stop()
      cancels = groups.map((group) => {
        let cancel = () => {}
        const arm = () => {
          cancel = clock.setTimeout(
            () => {
              arm()
              evaluate(group)
            },
            untilNextBeat(group, clock.now()),
          )
        }
        arm()
        return () => cancel()
      })
    },
  }
}

function untilNextBeat({ id, everyMs }: PlacedGroup, nowMs: number): number {
  const offset = Number(BigInt(`0x${id}`) % BigInt(Math.max(1, Math.round(everyMs))))
  return everyMs - ((((nowMs - offset) % everyMs) + everyMs) % everyMs)
}
