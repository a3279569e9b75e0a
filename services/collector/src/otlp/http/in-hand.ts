import { OtlpError } from '../otlp-error.ts'

/** Bounds what requests that are not answered yet take in all, however many there are. */
export interface InHand {
  enter(): Share
  /** Bytes that are taken. */
  taken(): number
}

/** What one request has of it. */
export interface Share {
  /** @throws {OtlpError} `overloaded` when there is not that much left */
  take(bytes: number): void
  /** Gives everything back. */
  leave(): void
}

export function createInHand(maxBytes: number): InHand {
  let taken = 0
  return {
    taken: () => taken,
    enter() {
      let own = 0
      return {
        take(bytes) {
          if (taken + bytes > maxBytes)
            throw new OtlpError('overloaded', 'too much is in hand already: try again', { retryable: true })
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
