import type { Attributes, AttributeValue } from '../model/attributes.ts'
import {
  hasLocalParent,
  SPAN_KINDS,
  SPAN_STATUSES,
  type Span,
  type SpanException,
  type SpanKind,
  type SpanStatus,
} from '../model/span.ts'
import type { MessageReader } from './message-reader.ts'
import { SPAN, SPAN_EVENT, STATUS } from './messages.ts'
import { readAttribute } from './read-attributes.ts'

/** A span as it is read. What is asked of few spans stays in the body until then. */
export class ReadSpan implements Span {
  name = ''
  kind: SpanKind = 'unspecified'
  status: SpanStatus = 'unset'
  statusMessage = ''
  readonly startMs: number = 0
  readonly endMs: number = 0
  readonly durationMs: number = 0
  readonly hasLocalParent: boolean
  readonly wanted = new Map<string, AttributeValue>()
  readonly #reader: MessageReader
  readonly #mark: number
  #traceIdAt = -1
  #spanIdAt = -1
  #parentIdAt = -1

  /** Reads the span in the present field. */
  constructor(reader: MessageReader, wanted: ReadonlySet<string>) {
    this.#reader = reader
    this.#mark = reader.mark
    const outer = reader.enter(SPAN)
    let startAt = -1
    let endAt = -1
    let flags = 0
    while (reader.next()) {
      if (reader.field === 7) startAt = reader.time()
      else if (reader.field === 8) endAt = reader.time()
      else if (reader.field === 16) flags = reader.fixed32()
      else this.#readField(reader, wanted)
    }
    reader.leave(outer)
    if (startAt >= 0) this.startMs = reader.millis(startAt)
    if (endAt >= 0) this.endMs = reader.millis(endAt)
    if (startAt >= 0 && endAt >= 0) this.durationMs = reader.millisBetween(startAt, endAt)
    this.hasLocalParent = hasLocalParent(flags, this.#parentIdAt >= 0)
  }

  #readField(reader: MessageReader, wanted: ReadonlySet<string>): void {
    switch (reader.field) {
      case 1:
        this.#traceIdAt = reader.id(16)
        break
      case 2:
        this.#spanIdAt = reader.id(8)
        break
      case 4:
        this.#parentIdAt = reader.id(8)
        break
      case 5:
        this.name = reader.text()
        break
      case 6:
        this.kind = reader.enumeration(SPAN_KINDS, 'SPAN_KIND_')
        break
      case 9:
        readAttribute(reader, this.wanted, wanted)
        break
      case 15:
        this.#readStatus(reader)
        break
      default:
        reader.skip()
    }
  }

  #readStatus(reader: MessageReader): void {
    const outer = reader.enter(STATUS)
    while (reader.next()) {
      if (reader.field === 2) this.statusMessage = reader.text()
      else if (reader.field === 3) this.status = reader.enumeration(SPAN_STATUSES, 'STATUS_CODE_')
      else reader.skip()
    }
    reader.leave(outer)
  }

  get traceId(): string {
    return this.#reader.hex(this.#traceIdAt, 16)
  }

  get spanId(): string {
    return this.#reader.hex(this.#spanIdAt, 8)
  }

  get parentSpanId(): string {
    return this.#reader.hex(this.#parentIdAt, 8)
  }

  attributes(): Attributes {
    const all = new Map<string, AttributeValue>()
    this.#walk((reader) => {
      if (reader.field === 9) readAttribute(reader, all)
      else reader.skip()
    })
    return all
  }

  exception(): SpanException | undefined {
    let last: SpanException | undefined
    this.#walk((reader) => {
      if (reader.field === 11) last = readException(reader) ?? last
      else reader.skip()
    })
    return last
  }

  /** Through its fields once more. */
  #walk(visit: (reader: MessageReader) => void): void {
    const reader = this.#reader.fork(this.#mark)
    reader.enter(SPAN)
    while (reader.next()) visit(reader)
  }
}

/** The event in the present field, if it is an exception's. */
function readException(reader: MessageReader): SpanException | undefined {
  const attributes = new Map<string, AttributeValue>()
  let name = ''
  const outer = reader.enter(SPAN_EVENT)
  while (reader.next()) {
    if (reader.field === 2) name = reader.text()
    else if (reader.field === 3) readAttribute(reader, attributes)
    else reader.skip()
  }
  reader.leave(outer)
  if (name !== 'exception') return undefined
  return { type: attributes.get('exception.type'), message: attributes.get('exception.message') }
}
