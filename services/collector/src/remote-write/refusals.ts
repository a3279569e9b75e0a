import type { SeriesRefusalReason } from '@tocsin/tsdb'

/** Why a sample, histogram or exemplar is refused; low in number, so that it can be a metric label. */
export type RefusalReason =
  | 'missing_name'
  | 'invalid_name'
  | 'invalid_label'
  | 'reserved_label'
  | 'unsorted_labels'
  | 'duplicate_label'
  | 'too_old'
  | 'too_far_in_future'
  | 'invalid_histogram'
  | 'invalid_exemplar'
  | SeriesRefusalReason

export interface Refusal {
  readonly reason: RefusalReason
  /** What is wrong and what to do about it, the series named. */
  readonly detail: string
}

/** What is refused of one request: how much for each reason, and the first of it in words. */
export interface Refusals {
  /** `detail` is asked for the first case only: there may be as many as samples. */
  add(reason: RefusalReason, count: number, detail: () => string): void
  total(): number
  byReason(): Iterable<readonly [RefusalReason, number]>
  /** Each reason with its first case; empty when nothing is refused. */
  describe(): string
}

export function createRefusals(): Refusals {
  const reasons = new Map<RefusalReason, { count: number; readonly first: string }>()
  return {
    add(reason, count, detail) {
      const known = reasons.get(reason)
      if (known) known.count += count
      else if (count > 0) reasons.set(reason, { count, first: detail() })
    },
    total: () => reasons.values().reduce((sum, { count }) => sum + count, 0),
    *byReason() {
      for (const [reason, { count }] of reasons) yield [reason, count]
    },
    describe: () =>
      [...reasons]
        .map(
          ([reason, { count, first }]) =>
            `${reason} (${count === 1 ? '' : `${count} times, first: `}${first})`,
        )
        .join('; '),
  }
}
