/** Why a data point is refused; low in number, so that it can be a metric label. */
export type PointReason =
  | 'invalid_name'
  | 'type_conflict'
  | 'invalid_label'
  | 'reserved_label'
  | 'too_old'
  | 'too_far_in_future'
  | 'no_value'
  | 'invalid_value'
  | 'no_temporality'
  | 'invalid_histogram'

/** What of a request is refused, by reason. */
export interface Refusals<Reason extends string> {
  /** `detail` says what is wrong and what to do; the first of each reason is kept. */
  add(reason: Reason, detail: string, count?: number): void
  readonly total: number
  readonly reasons: ReadonlyMap<Reason, { readonly count: number; readonly detail: string }>
  /** In words, for who sent it; empty when nothing is refused. */
  describe(): string
}

/** Details hold names that a sender chose. */
const MOST_DETAIL = 300

export function createRefusals<Reason extends string>(): Refusals<Reason> {
  const reasons = new Map<Reason, { count: number; readonly detail: string }>()
  let total = 0
  return {
    reasons,
    get total() {
      return total
    },
    add(reason, detail, count = 1) {
      if (count === 0) return
      total += count
      const known = reasons.get(reason)
      if (known) known.count += count
      else reasons.set(reason, { count, detail: detail.slice(0, MOST_DETAIL) })
    },
    describe: () =>
      [...reasons].map(([reason, { count, detail }]) => `${count} × ${reason}: ${detail}`).join('; '),
  }
}
