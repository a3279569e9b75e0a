// Raw samples: timestamps in the first half of one array, values in the second. A reader gets views of it, so
// what a reader may have seen is never overwritten: appending writes behind every view, all else copies first.

export interface SampleBlock {
  data: Float64Array
  count: number
  /** A reader holds views of `data`. */
  shared: boolean
}

const FIRST_CAPACITY = 4

/** The block of a series without open samples. Its capacity is 0, so nothing is ever written to it. */
export const EMPTY_BLOCK: SampleBlock = Object.freeze({ data: new Float64Array(0), count: 0, shared: false })

export function createBlock(capacity: number): SampleBlock {
  return { data: new Float64Array(2 * capacity), count: 0, shared: false }
}

export function timeAt(block: SampleBlock, i: number): number {
  return block.data[i] ?? 0
}

export function lastTimeOf(block: SampleBlock): number {
  return block.count === 0 ? Number.NEGATIVE_INFINITY : timeAt(block, block.count - 1)
}

/** A block with the same samples and room for one more; the same block when it has room. Grows to `limit` first. */
export function withRoom(block: SampleBlock, limit: number): SampleBlock {
  const capacity = block.data.length / 2
  if (block.count < capacity) return block
  const doubled = Math.max(FIRST_CAPACITY, capacity * 2)
  return copyBlock(block, capacity < limit ? Math.min(doubled, limit) : doubled)
}

/** A block without the first samples; the same block when no reader has seen it. */
export function withoutFirst(block: SampleBlock, dropped: number): SampleBlock {
  const half = block.data.length / 2
  const target = block.shared ? createBlock(half) : block
  target.data.set(block.data.subarray(dropped, block.count), 0)
  target.data.set(block.data.subarray(half + dropped, half + block.count), half)
  target.count = block.count - dropped
  return target
}

/** Writes behind the newest sample; the block must have room. */
export function appendToBlock(block: SampleBlock, time: number, value: number): void {
  const { data, count } = block
  data[count] = time
  data[data.length / 2 + count] = value
  block.count = count + 1
}

/** The first index whose timestamp is at or after `time`. */
export function findTime(block: SampleBlock, time: number): number {
  return lowerBound(block.data, block.count, time)
}

/** The first index below `count` whose timestamp is at or after `time`, else `count`. */
export function lowerBound(times: Float64Array, count: number, time: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? 0) < time) low = middle + 1
    else high = middle
  }
  return low
}

/** A block with a sample put in at index `i`, before what stands there. The given block stays as it is. */
export function insertAt(block: SampleBlock, i: number, time: number, value: number): SampleBlock {
  const capacity = block.data.length / 2
  const next = createBlock(block.count < capacity ? capacity : Math.max(FIRST_CAPACITY, capacity * 2))
  const { data } = block
  const half = next.data.length / 2
  next.data.set(data.subarray(0, i), 0)
  next.data.set(data.subarray(i, block.count), i + 1)
  next.data.set(data.subarray(capacity, capacity + i), half)
  next.data.set(data.subarray(capacity + i, capacity + block.count), half + i + 1)
  next.data[i] = time
  next.data[half + i] = value
  next.count = block.count + 1
  return next
}

/** A block with another value at index `i`; the same block when no reader has seen it. */
export function replaceAt(block: SampleBlock, i: number, value: number): SampleBlock {
  const target = block.shared ? copyBlock(block, block.data.length / 2) : block
  target.data[target.data.length / 2 + i] = value
  return target
}

function copyBlock(block: SampleBlock, capacity: number): SampleBlock {
  const next = createBlock(capacity)
  const { data, count } = block
  next.data.set(data.subarray(0, count), 0)
  next.data.set(data.subarray(data.length / 2, data.length / 2 + count), capacity)
  next.count = count
  return next
}
