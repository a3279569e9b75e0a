import { formatMatchers } from '../matchers/format-matcher.ts'
import type { MatcherFields } from '../matchers/matcher.ts'
import { type Silence, type SilenceState, stateOf } from '../silences/silence.ts'

/** A silence as the API shows it. */
export function gettableSilence(silence: Silence, nowMs: number) {
  return { ...silence.record, status: { state: stateOf(silence, nowMs) } }
}

/** Whether a silence has every one of these matchers, written the same. */
export function hasMatchers({ record }: Silence, wanted: readonly MatcherFields[]): boolean {
  const own = new Set(record.matchers.map((matcher) => formatMatchers([matcher])))
  return wanted.every((matcher) => own.has(formatMatchers([matcher])))
}

const ORDER: Readonly<Record<SilenceState, number>> = { active: 1, pending: 2, expired: 3 }

/** Active ones by their end, then pending ones by their start, then expired ones, the latest first. */
export function inV2Order(silences: readonly Silence[], nowMs: number): Silence[] {
  return silences.toSorted((a, b) => {
    const state = stateOf(a, nowMs)
    const byState = ORDER[state] - ORDER[stateOf(b, nowMs)]
    if (byState !== 0) return byState
    if (state === 'pending') return a.startsMs - b.startsMs
    return state === 'active' ? a.endsMs - b.endsMs : b.endsMs - a.endsMs
  })
}
