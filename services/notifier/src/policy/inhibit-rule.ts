import type { Matcher } from '../matchers/matcher.ts'

/** While an alert that matches the source fires, those that match the target and equal it in these labels are muted. */
export interface InhibitRule {
  readonly sourceMatchers: readonly Matcher[]
  readonly targetMatchers: readonly Matcher[]
  readonly equal: readonly string[]
}
