import { shortHash } from '../grouping/group-key.ts'

/** Leaves room for what is appended (channel, part, outcome) within the contract's 200 characters. */
const LONGEST = 120

/** An id given from outside, or a name of it where it is too long to build on. */
export function boundedId(id: string): string {
  return id.length <= LONGEST ? id : shortHash(id)
}
