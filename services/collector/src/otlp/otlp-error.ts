import { CodedError } from '@tocsin/runtime'

/** Why a request is refused; low in number, so that it can be a metric label. */
export type OtlpErrorCode =
  | 'not_found'
  | 'method_not_allowed'
  | 'unsupported_media_type'
  | 'unsupported_encoding'
  | 'invalid_gzip'
  | 'invalid_protobuf'
  | 'invalid_json'
  | 'too_deep'
  | 'too_large'
  | 'overloaded'
  | 'unavailable'
  | 'aborted'
  | 'internal'

/** A request that is not taken; `retryable` when its sender should try again. */
export class OtlpError extends CodedError<OtlpErrorCode> {}
