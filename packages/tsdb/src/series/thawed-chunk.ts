// A packed chunk that a late sample belongs to is unpacked into arrays of its own, and packed again in bulk. A reader
// may hold views of them: what has been seen is never overwritten, a change makes other arrays.

export interface ThawedChunk {
  readonly times: Float64Array
  readonly values: Float64Array
  readonly count: number
}

/** The chunk with a sample put in at index `i`, before what stands there. */
export function insertInto(chunk: ThawedChunk, i: number, time: number, value: number): ThawedChunk {
  const count = chunk.count + 1
  const [times, values] = [new Float64Array(count), new Float64Array(count)]
  times.set(chunk.times.subarray(0, i), 0)
  values.set(chunk.values.subarray(0, i), 0)
  times.set(chunk.times.subarray(i, chunk.count), i + 1)
  values.set(chunk.values.subarray(i, chunk.count), i + 1)
  times[i] = time
  values[i] = value
  return { times, values, count }
}

/** The chunk with another value at index `i`. */
export function replaceIn(chunk: ThawedChunk, i: number, value: number): ThawedChunk {
  const values = chunk.values.slice()
  values[i] = value
  return { ...chunk, values }
}

export function bytesOf({ times, values }: ThawedChunk): number {
  return times.byteLength + values.byteLength
}
