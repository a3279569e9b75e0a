/** A piece of work that one replica does at a time. */
export interface Lease {
  readonly name: string
  readonly owner: string
  /** Grows with every change of hands: a store that compares it refuses a holder that has been overtaken. */
  readonly fencingToken: number
  /** Whether it is ours at this moment. Ask right before each effect: a process that was stopped wakes up as a former holder. */
  isHeld(): boolean
}
