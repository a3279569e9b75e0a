import type { Encoding } from '../decode/open-body.ts'
import type { OtlpError, OtlpErrorCode } from '../otlp-error.ts'
import { type ExportResult, rejectedField, type Signal } from '../signal.ts'

/** An answer over HTTP. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** By HTTP and by google.rpc.Code. What OTLP has tried again is 429, 502, 503 and 504. */
const STATUS: Readonly<Record<OtlpErrorCode, readonly [http: number, rpc: number]>> = {
  not_found: [404, 12],
  method_not_allowed: [405, 12],
  unsupported_media_type: [415, 3],
  unsupported_encoding: [415, 3],
  invalid_gzip: [400, 3],
  invalid_protobuf: [400, 3],
  invalid_json: [400, 3],
  too_deep: [400, 3],
  too_large: [413, 3],
  aborted: [400, 1],
  overloaded: [503, 8],
  unavailable: [503, 14],
  internal: [500, 13],
}
/** Seconds. OpenTelemetry's SDK for Node tries five times within ten seconds: so it spends all of them. */
const RETRY_AFTER = '2'

/** An Export…ServiceResponse, with a partial success when something was refused. */
export function answerResult(signal: Signal, { rejected, reason }: ExportResult, encoding: Encoding): Answer {
  if (encoding === 'json') {
    // Integers of 64 bits are texts in JSON.
    const partialSuccess = { [rejectedField[signal]]: String(rejected), errorMessage: reason }
    return answer(200, encoding, Buffer.from(JSON.stringify(rejected > 0 ? { partialSuccess } : {})))
  }
  const partial = Buffer.concat([varintField(1, rejected), bytesField(2, Buffer.from(reason))])
  return answer(200, encoding, rejected > 0 ? bytesField(1, partial) : Buffer.alloc(0))
}

/** A google.rpc.Status. */
export function answerFault({ code, message }: OtlpError, encoding: Encoding): Answer {
  const [status, rpc] = STATUS[code]
  const body =
    encoding === 'json'
      ? Buffer.from(JSON.stringify({ code: rpc, message }))
      : Buffer.concat([varintField(1, rpc), bytesField(2, Buffer.from(message))])
  return answer(status, encoding, body, {
    ...(status === 503 ? { 'Retry-After': RETRY_AFTER } : {}),
    ...(code === 'method_not_allowed' ? { Allow: 'POST' } : {}),
    // What is left of such a body need not be read.
    ...(code === 'too_large' ? { Connection: 'close' } : {}),
  })
}

function answer(
  status: number,
  encoding: Encoding,
  body: Uint8Array,
  more: Readonly<Record<string, string>> = {},
): Answer {
  const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf'
  return { status, body, headers: { 'Content-Type': type, 'Content-Length': String(body.length), ...more } }
}

const VARINT = 0
const DELIMITED = 2

function varintField(field: number, value: number): Buffer {
  return Buffer.from([...varint(field * 8 + VARINT), ...varint(value)])
}

function bytesField(field: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([...varint(field * 8 + DELIMITED), ...varint(bytes.length)]), bytes])
}

/** A whole number from 0 to 2^53 - 1. */
function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  return [...bytes, rest]
}
