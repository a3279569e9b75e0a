import type { Encoding } from '../decode/open-body.ts'
import { OtlpError } from '../otlp-error.ts'

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ['application/x-protobuf', 'protobuf'],
  ['application/json', 'json'],
])
const COMPRESSIONS: ReadonlyMap<string, Compression> = new Map([
  ['', 'none'],
  ['identity', 'none'],
  ['gzip', 'gzip'],
])

export type Compression = 'none' | 'gzip'

/** What a body is encoded in; undefined for what OTLP does not know. Parameters such as a charset do not matter. */
export function encodingOf(contentType: string | undefined): Encoding | undefined {
  return ENCODINGS.get((contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '')
}

/** @throws {OtlpError} `unsupported_media_type` */
export function chooseEncoding(contentType: string | undefined): Encoding {
  const encoding = encodingOf(contentType)
  if (encoding) return encoding
  throw new OtlpError(
    'unsupported_media_type',
    `the content type ${contentType ?? 'none'} is not taken: send application/x-protobuf or application/json`,
  )
}

/** @throws {OtlpError} `unsupported_encoding` */
export function chooseCompression(contentEncoding: string | undefined): Compression {
  const compression = COMPRESSIONS.get((contentEncoding ?? '').trim().toLowerCase())
  if (compression) return compression
  throw new OtlpError(
    'unsupported_encoding',
    `the content encoding ${contentEncoding} is not taken: send gzip, or nothing compressed`,
  )
}
