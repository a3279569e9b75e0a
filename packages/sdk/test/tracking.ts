import type { Tracking } from '../src/series/tracking.ts'

/** Tracking that notes what it is told. */
export function noteTracking(overrides: Partial<Tracking> = {}) {
  const refused: string[] = []
  let touches = 0
  const tracking: Tracking = {
    touch: () => void touches++,
    maxSeries: 10_000,
    refuse: (metric) => void refused.push(metric),
    now: Date.now,
    tracing: { active: undefined },
    ...overrides,
  }
  return { tracking, refused, touches: () => touches }
}
