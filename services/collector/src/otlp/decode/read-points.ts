import type { AttributeValue } from '../model/attributes.ts'
import type { Exemplar, NumberPoint, SummaryPoint } from '../model/metric.ts'
import type { MessageReader } from './message-reader.ts'
import { EXEMPLAR, NUMBER_POINT, QUANTILE, SUMMARY_POINT } from './messages.ts'
import { readAttribute } from './read-attributes.ts'

/** The point in the present field. */
export function readNumberPoint(reader: MessageReader): NumberPoint {
  const attributes = new Map<string, AttributeValue>()
  const exemplars: Exemplar[] = []
  let startMs = 0
  let timeMs = 0
  let ended = false
  let value: number | undefined
  const outer = reader.enter(NUMBER_POINT)
  while (reader.next()) {
    if (reader.field === 7) readAttribute(reader, attributes)
    else if (reader.field === 2) startMs = readTime(reader)
    else if (reader.field === 3) timeMs = readTime(reader)
    else if (reader.field === 4) value = reader.double()
    else if (reader.field === 6) value = reader.sfixed64()
    else if (reader.field === 5) exemplars.push(readExemplar(reader))
    else if (reader.field === 8) ended = readEnded(reader)
    else reader.skip()
  }
  reader.leave(outer)
  return { attributes, startMs, timeMs, ended, value, exemplars }
}

/** The point in the present field. */
export function readSummaryPoint(reader: MessageReader): SummaryPoint {
  const attributes = new Map<string, AttributeValue>()
  const quantiles: SummaryPoint['quantiles'][number][] = []
  let startMs = 0
  let timeMs = 0
  let ended = false
  let count = 0
  let sum = 0
  const outer = reader.enter(SUMMARY_POINT)
  while (reader.next()) {
    if (reader.field === 7) readAttribute(reader, attributes)
    else if (reader.field === 2) startMs = readTime(reader)
    else if (reader.field === 3) timeMs = readTime(reader)
    else if (reader.field === 4) count = reader.fixed64()
    else if (reader.field === 5) sum = reader.double()
    else if (reader.field === 6) quantiles.push(readQuantile(reader))
    else if (reader.field === 8) ended = readEnded(reader)
    else reader.skip()
  }
  reader.leave(outer)
  return { attributes, startMs, timeMs, ended, count, sum, quantiles }
}

function readQuantile(reader: MessageReader): SummaryPoint['quantiles'][number] {
  let quantile = 0
  let value = 0
  const outer = reader.enter(QUANTILE)
  while (reader.next()) {
    if (reader.field === 1) quantile = reader.double()
    else if (reader.field === 2) value = reader.double()
    else reader.skip()
  }
  reader.leave(outer)
  return { quantile, value }
}

/** The exemplar in the present field. */
export function readExemplar(reader: MessageReader): Exemplar {
  const attributes = new Map<string, AttributeValue>()
  let timeMs = 0
  let spanIdAt = -1
  let traceIdAt = -1
  let value: number | undefined
  const outer = reader.enter(EXEMPLAR)
  while (reader.next()) {
    if (reader.field === 2) timeMs = readTime(reader)
    else if (reader.field === 3) value = reader.double()
    else if (reader.field === 4) spanIdAt = reader.id(8)
    else if (reader.field === 5) traceIdAt = reader.id(16)
    else if (reader.field === 6) value = reader.sfixed64()
    else if (reader.field === 7) readAttribute(reader, attributes)
    else reader.skip()
  }
  reader.leave(outer)
  return { attributes, timeMs, value, traceId: reader.hex(traceIdAt, 16), spanId: reader.hex(spanIdAt, 8) }
}

export function readTime(reader: MessageReader): number {
  return reader.millis(reader.time())
}

const NO_RECORDED_VALUE = 1

export function readEnded(reader: MessageReader): boolean {
  return (reader.uint32() & NO_RECORDED_VALUE) !== 0
}
