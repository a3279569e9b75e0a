import { noAttributes } from '../model/attributes.ts'
import type { ResourceSpans, Span } from '../model/span.ts'
import { findField } from './find-field.ts'
import type { MessageReader } from './message-reader.ts'
import { RESOURCE, RESOURCE_SPANS, SCOPE_SPANS, TRACE_REQUEST } from './messages.ts'
import { type Encoding, openBody } from './open-body.ts'
import { readAttributesOf } from './read-attributes.ts'
import { ReadSpan } from './read-span.ts'

/**
 * The spans of an ExportTraceServiceRequest, each read when it is come to, and of its attributes at first only those
 * that are wanted.
 * @throws OtlpError, while they are walked through, where the body is no such message
 */
export function* readTraces(
  body: Buffer,
  encoding: Encoding,
  wanted: ReadonlySet<string>,
): Generator<ResourceSpans> {
  const reader = openBody(body, encoding, TRACE_REQUEST)
  while (reader.next()) {
    if (reader.field === 1) {
      const outer = reader.enter(RESOURCE_SPANS)
      const resource = findField(reader, 1, () => readAttributesOf(reader, RESOURCE, 1), noAttributes())
      yield { resource, spans: readScopes(reader, wanted) }
      reader.leave(outer)
    } else reader.skip()
  }
  reader.finish()
}

function* readScopes(reader: MessageReader, wanted: ReadonlySet<string>): Generator<Span> {
  while (reader.next()) {
    if (reader.field === 2) {
      const outer = reader.enter(SCOPE_SPANS)
      while (reader.next()) {
        if (reader.field === 2) yield new ReadSpan(reader, wanted)
        else reader.skip()
      }
      reader.leave(outer)
    } else reader.skip()
  }
}
