import type { DigestOptions } from '../policy/policy.ts'

/** What is told together: one digest of one receiver, or of one of its channels for what is over a rate limit. */
export interface Book {
  readonly digest: DigestOptions
  readonly receiver: string
  /** The one channel that it is for; undefined for all of the receiver's. */
  readonly heldFor: string | undefined
}

/** Names a book, also in Redis. */
export function bookKey({ digest, receiver, heldFor }: Book): string {
  return JSON.stringify([digest.name, receiver, heldFor ?? null])
}
