import { JetStreamApiError } from '@nats-io/jetstream'
import { errors, RequestError } from '@nats-io/transport-node'
import { CodedError, messageOf } from '../coded-error.ts'

/** What can go wrong with NATS, as something to act on. */
export type BusErrorCode =
  | 'closed'
  | 'unavailable'
  | 'timeout'
  | 'no_stream'
  | 'too_large'
  | 'wrong_revision'
  | 'stream_full'
  | 'forbidden'
  | 'conflict'
  | 'refused'

export class BusError extends CodedError<BusErrorCode> {}

/** JetStream's own numbers for what this package tells apart. */
export const apiCode = {
  consumerNotFound: 10014,
  nameInUse: 10058,
  streamNotFound: 10059,
  subjectsOverlap: 10065,
  unavailable: 10008,
  wrongLastSequence: 10071,
  noMessage: 10037,
  maxMessages: 10077,
  insufficientStorage: 10047,
  replicasNotSupported: 10074,
} as const

/** JetStream's number for an error, if it has one. */
export function apiCodeOf(error: unknown): number | undefined {
  return error instanceof JetStreamApiError ? error.code : undefined
}

/** Turns what the NATS client throws into a {@link BusError}; `doing` says what was tried. */
export function toBusError(error: unknown, doing: string): BusError {
  if (error instanceof BusError) return error
  const make = (code: BusErrorCode, advice: string, retryable: boolean) =>
    new BusError(code, `${doing}: ${messageOf(error)}${advice && `; ${advice}`}`, { retryable, cause: error })

  if (error instanceof errors.ClosedConnectionError || error instanceof errors.DrainingConnectionError)
    return make('closed', 'this service is stopping', false)
  if (error instanceof errors.TimeoutError) return make('timeout', 'NATS did not answer in time', true)
  if (isNoResponders(error))
    return make(
      'unavailable',
      'nobody answers on that subject: is JetStream on (nats-server -js), and the service running?',
      true,
    )
  // Permissions can be given while the server runs: what was accepted waits for that.
  if (isOrIsCausedBy(error, (one) => one instanceof errors.PermissionViolationError))
    return make('forbidden', 'give this user the permission', true)
  const api = apiCodeOf(error)
  if (api !== undefined) return apiError(api, make)
  if (messageOf(error).toLowerCase().includes('max_payload'))
    return make('too_large', 'raise max_payload of nats-server or send less', false)
  return make('refused', '', true)
}

function apiError(
  api: number,
  make: (code: BusErrorCode, advice: string, retryable: boolean) => BusError,
): BusError {
  switch (api) {
    case apiCode.streamNotFound:
    case apiCode.consumerNotFound:
      return make('no_stream', 'restart the service, which creates its streams and consumers', true)
    case apiCode.subjectsOverlap:
      return make(
        'conflict',
        'another stream has them (nats stream ls): remove that, or set another NATS_SUBJECT_PREFIX',
        false,
      )
    case apiCode.wrongLastSequence:
      return make('wrong_revision', 'someone else wrote in between: read again', false)
    case apiCode.maxMessages:
      return make('stream_full', 'the stream is at its limit and refuses new messages', true)
    case apiCode.insufficientStorage:
      // Room comes back: what was accepted waits for it instead of becoming a dead letter.
      return make('unavailable', "raise nats-server's jetstream max_file_store, or free disk space", true)
    case apiCode.replicasNotSupported:
      return make(
        'refused',
        'set NATS_REPLICAS to 1, or to at most the number of servers in the cluster',
        false,
      )
    case apiCode.unavailable:
      return make('unavailable', 'JetStream has no leader yet', true)
    default:
      return make('refused', '', false)
  }
}

/** Whether a request found nobody to answer it. */
function isNoResponders(error: unknown): boolean {
  return isOrIsCausedBy(
    error,
    (one) => one instanceof errors.NoRespondersError || (one instanceof RequestError && one.isNoResponders()),
  )
}

function isOrIsCausedBy(error: unknown, is: (one: Error) => boolean): boolean {
  return error instanceof Error && (is(error) || isOrIsCausedBy(error.cause, is))
}
