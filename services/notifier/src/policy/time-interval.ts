/** From the first to the last, both included. */
interface Range {
  readonly begin: number
  readonly end: number
}

/** A recurring time, as Alertmanager's: all that is stated must hold, of each list one. An absent list always holds. */
export interface TimeInterval {
  /** Minutes of the day, the last one not included. */
  readonly times: readonly Range[] | undefined
  /** From 0 for Sunday to 6. */
  readonly weekdays: readonly Range[] | undefined
  /** From 1; below zero from the end of the month. */
  readonly daysOfMonth: readonly Range[] | undefined
  readonly months: readonly Range[] | undefined
  readonly years: readonly Range[] | undefined
  /** The time zone, by its name in the IANA database. */
  readonly location: string
}
