import type { Compiled } from '../compile-expression.ts'

/** What becomes of an alert whose series went away. */
export interface NoDataPolicy {
  /** `ok` ends it, `keep` leaves it as it was seen last, `alert` raises it for every label set that had data. */
  readonly policy: 'ok' | 'keep' | 'alert'
  /** For how long, then as with `ok`: what is gone for good must not stay for ever. Milliseconds. */
  readonly forMs: number
}

/** When an alert changes too often to be told each time. */
export interface FlapPolicy {
  readonly changes: number
  readonly windowMs: number
}

/** What a rule asks for beyond Prometheus. */
export interface Additions {
  readonly noData?: NoDataPolicy | undefined
  /** Once firing, an alert stays so until this has a result that agrees with it. */
  readonly resolve?: Compiled | undefined
  readonly flap?: FlapPolicy | undefined
  /** The expression without its comparisons, where one of the above must tell no data from no alert. */
  readonly data?: Compiled | undefined
}

/** How a user writes them. */
export interface AdditionTexts {
  readonly noData?: string | undefined
  readonly resolve?: string | undefined
  readonly flap?: string | undefined
}
