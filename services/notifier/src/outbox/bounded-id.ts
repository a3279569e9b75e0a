import { shortHash } from '../grouping/group-key.ts'

/**
 * Printable ASCII, as HTTP and mail headers need it: an id becomes part of both. Room is left for what is appended
 * (channel, part, outcome) within the contract's 200 characters.
 */
const PLAIN = /^[!-~]{1,120}$/

/** An id given from outside, or a name of it where it cannot be built on as it is. */
export function boundedId(id: string): string {
  return PLAIN.test(id) ? id : shortHash(id)
}
