import { type Attributes, type AttributeValue, MAX_DEPTH } from '../model/attributes.ts'
import { OtlpError } from '../otlp-error.ts'
import type { MessageFields, MessageReader } from './message-reader.ts'
import { ANY_VALUE, KEY_VALUE, VALUES } from './messages.ts'

/** Reads the KeyValue in the present field into a map; with `wanted`, only if its key is one of those. */
export function readAttribute(
  reader: MessageReader,
  into: Map<string, AttributeValue>,
  wanted?: ReadonlySet<string>,
  depth = 0,
): void {
  const outer = reader.enter(KEY_VALUE)
  let key = ''
  let valueAt = -1
  while (reader.next()) {
    if (reader.field === 1) key = reader.text()
    else {
      if (reader.field === 2) valueAt = reader.mark
      reader.skip()
    }
  }
  const end = reader.at
  if (wanted === undefined || wanted.has(key)) {
    if (valueAt >= 0) reader.back(valueAt)
    into.set(key, valueAt >= 0 ? readValue(reader, depth) : undefined)
    reader.at = end
  }
  reader.leave(outer)
}

/** The AnyValue in the present field. */
function readValue(reader: MessageReader, depth: number): AttributeValue {
  if (depth >= MAX_DEPTH)
    throw new OtlpError('too_deep', `an attribute is nested more than ${MAX_DEPTH} levels deep: flatten it`)
  const outer = reader.enter(ANY_VALUE)
  let value: AttributeValue
  // Of several the last counts, as protobuf has it for a oneof.
  while (reader.next()) value = readVariant(reader, value, depth)
  reader.leave(outer)
  return value
}

function readVariant(reader: MessageReader, before: AttributeValue, depth: number): AttributeValue {
  switch (reader.field) {
    case 1:
      return reader.text()
    case 2:
      return reader.bool()
    case 3:
      return reader.int64()
    case 4:
      return reader.double()
    case 5:
      return readList(reader, depth)
    case 6:
      return readMap(reader, depth)
    case 7:
      return reader.bytes()
    default:
      reader.skip()
      return before
  }
}

function readList(reader: MessageReader, depth: number): readonly AttributeValue[] {
  const items: AttributeValue[] = []
  const outer = reader.enter(VALUES)
  while (reader.next()) {
    if (reader.field === 1) items.push(readValue(reader, depth + 1))
    else reader.skip()
  }
  reader.leave(outer)
  return items
}

function readMap(reader: MessageReader, depth: number): Attributes {
  const map = new Map<string, AttributeValue>()
  const outer = reader.enter(VALUES)
  while (reader.next()) {
    if (reader.field === 1) readAttribute(reader, map, undefined, depth + 1)
    else reader.skip()
  }
  reader.leave(outer)
  return map
}

/** The attributes of the message in the present field, which has them in the field `number`. */
export function readAttributesOf(reader: MessageReader, fields: MessageFields, number: number): Attributes {
  const attributes = new Map<string, AttributeValue>()
  const outer = reader.enter(fields)
  while (reader.next()) {
    if (reader.field === number) readAttribute(reader, attributes)
    else reader.skip()
  }
  reader.leave(outer)
  return attributes
}
