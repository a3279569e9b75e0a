import { JsonReader } from './json-reader.ts'
import type { MessageFields, MessageReader } from './message-reader.ts'
import { WireReader } from './wire-reader.ts'

export type Encoding = 'protobuf' | 'json'

/** A reader at the first field of the message that a body is. */
export function openBody(body: Buffer, encoding: Encoding, fields: MessageFields): MessageReader {
  if (encoding === 'protobuf') return new WireReader(body)
  const reader = new JsonReader(body)
  reader.enter(fields)
  return reader
}
