import { JetStreamApiError } from '@nats-io/jetstream'

const WRONG_LAST_SEQUENCE = 10071

/** Whether JetStream refused a write because somebody else wrote first. */
export function isWrongRevision(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === WRONG_LAST_SEQUENCE
}
