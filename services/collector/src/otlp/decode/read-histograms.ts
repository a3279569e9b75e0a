import type { AttributeValue } from '../model/attributes.ts'
import type { Exemplar, ExponentialPoint, HistogramPoint } from '../model/metric.ts'
import type { MessageReader } from './message-reader.ts'
import { EXPONENTIAL_BUCKETS, EXPONENTIAL_POINT, HISTOGRAM_POINT } from './messages.ts'
import { readAttribute } from './read-attributes.ts'
import { readEnded, readExemplar, readTime } from './read-points.ts'

/** The point in the present field. */
export function readHistogramPoint(reader: MessageReader): HistogramPoint {
  const attributes = new Map<string, AttributeValue>()
  const exemplars: Exemplar[] = []
  const counts: number[] = []
  const bounds: number[] = []
  let startMs = 0
  let timeMs = 0
  let ended = false
  let count = 0
  let sum: number | undefined
  const outer = reader.enter(HISTOGRAM_POINT)
  while (reader.next()) {
    if (reader.field === 9) readAttribute(reader, attributes)
    else if (reader.field === 2) startMs = readTime(reader)
    else if (reader.field === 3) timeMs = readTime(reader)
    else if (reader.field === 4) count = reader.fixed64()
    else if (reader.field === 5) sum = reader.double()
    else if (reader.field === 6) reader.fixed64s(counts)
    else if (reader.field === 7) reader.doubles(bounds)
    else if (reader.field === 8) exemplars.push(readExemplar(reader))
    else if (reader.field === 10) ended = readEnded(reader)
    else reader.skip()
  }
  reader.leave(outer)
  return { attributes, startMs, timeMs, ended, count, sum, counts, bounds, exemplars }
}

/** The point in the present field. */
export function readExponentialPoint(reader: MessageReader): ExponentialPoint {
  const attributes = new Map<string, AttributeValue>()
  const exemplars: Exemplar[] = []
  const positive = { offset: 0, counts: [] as number[] }
  const negative = { offset: 0, counts: [] as number[] }
  let startMs = 0
  let timeMs = 0
  let ended = false
  let count = 0
  let sum: number | undefined
  let scale = 0
  let zeroCount = 0
  let zeroThreshold = 0
  const outer = reader.enter(EXPONENTIAL_POINT)
  while (reader.next()) {
    if (reader.field === 1) readAttribute(reader, attributes)
    else if (reader.field === 2) startMs = readTime(reader)
    else if (reader.field === 3) timeMs = readTime(reader)
    else if (reader.field === 4) count = reader.fixed64()
    else if (reader.field === 5) sum = reader.double()
    else if (reader.field === 6) scale = reader.sint32()
    else if (reader.field === 7) zeroCount = reader.fixed64()
    else if (reader.field === 8) readBuckets(reader, positive)
    else if (reader.field === 9) readBuckets(reader, negative)
    else if (reader.field === 10) ended = readEnded(reader)
    else if (reader.field === 11) exemplars.push(readExemplar(reader))
    else if (reader.field === 14) zeroThreshold = reader.double()
    else reader.skip()
  }
  reader.leave(outer)
  const head = { attributes, startMs, timeMs, ended, exemplars }
  return { ...head, count, sum, scale, zeroCount, zeroThreshold, positive, negative }
}

function readBuckets(reader: MessageReader, into: { offset: number; counts: number[] }): void {
  const outer = reader.enter(EXPONENTIAL_BUCKETS)
  while (reader.next()) {
    if (reader.field === 1) into.offset = reader.sint32()
    else if (reader.field === 2) reader.uint64s(into.counts)
    else reader.skip()
  }
  reader.leave(outer)
}
