import { WriteError } from './write-error.ts'

/** What one request may hold of the memory that all share. */
export interface Room {
  /** @throws {WriteError} `busy` when there is not that much left */
  take(bytes: number): void
  /** Gives everything back. */
  leave(): void
}

/** Bounds what requests that are in hand take in all, however many there are. */
export function createRooms(maxBytes: number): { enter(): Room } {
  let taken = 0
  return {
    enter() {
      let own = 0
      return {
        take(bytes) {
          if (taken + bytes > maxBytes)
            throw new WriteError(
              'busy',
              'too much is in hand already: try again, with fewer shards (max_shards)',
            )
          taken += bytes
          own += bytes
        },
        leave() {
          taken -= own
          own = 0
        },
      }
    },
  }
}
