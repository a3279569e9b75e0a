import { DELIMITED, FIXED64, VARINT, type WireReader } from './wire-reader.ts'

/** Buckets as both versions of the protocol have them: runs, and one number for each bucket. */
export interface NativeBuckets {
  /** The gap to the run before, or where the first begins. */
  readonly offsets: number[]
  readonly lengths: number[]
  /** Of integer histograms: what each bucket has more than the one before. */
  readonly deltas: number[]
  /** Of float histograms. */
  readonly counts: number[]
}

/** A native histogram as it was sent. Times in milliseconds since 1970; 0 where none is given. */
export interface NativeHistogram {
  schema: number
  count: number
  /** Counts of floats are sums of rates, and need not be whole. */
  isFloat: boolean
  sum: number
  /** Not a number, but the sign that the series has ended. */
  isStale: boolean
  zeroCount: number
  zeroThreshold: number
  timeMs: number
  createdMs: number
  readonly positive: NativeBuckets
  readonly negative: NativeBuckets
  /** Of schema -53: the upper bounds of its buckets. */
  readonly customBounds: number[]
}

const varint = (field: number) => (field << 3) | VARINT
const double = (field: number) => (field << 3) | FIXED64
const delimited = (field: number) => (field << 3) | DELIMITED

/** Whether the double at a place is Prometheus' staleness marker, one NaN among many. */
export function isStaleMarker(view: DataView, at: number): boolean {
  return view.getUint32(at + 4, true) === 0x7ff00000 && view.getUint32(at, true) === 2
}

/** Reads a native histogram; both versions have it alike. Whether it makes sense is not decided here. */
export function readNativeHistogram(reader: WireReader, end: number): NativeHistogram {
  const histogram = emptyHistogram()
  const { positive, negative, customBounds } = histogram
  while (reader.at < end) {
    const tag = reader.tag(end)
    const field = tag >>> 3
    if (tag === varint(1)) histogram.count = reader.unsigned(end)
    else if (tag === double(2)) {
      histogram.isFloat = true
      histogram.count = reader.double(end)
    } else if (tag === double(3)) {
      histogram.isStale = reader.at + 8 <= end && isStaleMarker(reader.view, reader.at)
      histogram.sum = reader.double(end)
    } else if (tag === varint(4)) histogram.schema = reader.zigzag(end)
    else if (tag === double(5)) histogram.zeroThreshold = reader.double(end)
    else if (tag === varint(6)) histogram.zeroCount = reader.unsigned(end)
    else if (tag === double(7)) histogram.zeroCount = reader.double(end)
    else if (tag === delimited(8)) readSpan(reader, end, negative)
    else if (field === 9) readNumbers(reader, tag, end, VARINT, negative.deltas)
    else if (field === 10) readNumbers(reader, tag, end, FIXED64, negative.counts)
    else if (tag === delimited(11)) readSpan(reader, end, positive)
    else if (field === 12) readNumbers(reader, tag, end, VARINT, positive.deltas)
    else if (field === 13) readNumbers(reader, tag, end, FIXED64, positive.counts)
    else if (tag === varint(15)) histogram.timeMs = reader.signed(end)
    else if (field === 16) readNumbers(reader, tag, end, FIXED64, customBounds)
    else if (tag === varint(17)) histogram.createdMs = reader.signed(end)
    else reader.skip(tag, end)
  }
  return histogram
}

function emptyHistogram(): NativeHistogram {
  const buckets = (): NativeBuckets => ({ offsets: [], lengths: [], deltas: [], counts: [] })
  return {
    schema: 0,
    count: 0,
    isFloat: false,
    sum: 0,
    isStale: false,
    zeroCount: 0,
    zeroThreshold: 0,
    timeMs: 0,
    createdMs: 0,
    positive: buckets(),
    negative: buckets(),
    customBounds: [],
  }
}

function readSpan(reader: WireReader, end: number, { offsets, lengths }: NativeBuckets): void {
  const spanEnd = reader.delimited(end)
  let offset = 0
  let length = 0
  while (reader.at < spanEnd) {
    const tag = reader.tag(spanEnd)
    if (tag === varint(1)) offset = reader.zigzag(spanEnd)
    else if (tag === varint(2)) length = reader.unsigned(spanEnd)
    else reader.skip(tag, spanEnd)
  }
  offsets.push(offset)
  lengths.push(length)
}

/** Numbers of a repeated field, packed or one by one: doubles, or signed ones in zigzag form. */
function readNumbers(reader: WireReader, tag: number, end: number, wireType: number, into: number[]): void {
  const read = (to: number) => into.push(wireType === FIXED64 ? reader.double(to) : reader.zigzag(to))
  if ((tag & 7) === wireType) read(end)
  else if ((tag & 7) === DELIMITED) {
    const listEnd = reader.delimited(end)
    while (reader.at < listEnd) read(listEnd)
  } else reader.skip(tag, end)
}
