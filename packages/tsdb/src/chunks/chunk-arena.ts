import type { BitCursor } from './bit-cursor.ts'
import { MAX_CHUNK_SAMPLES, maxPackedWords, packColumn, unpackColumn } from './pack-chunk.ts'

// Packed chunks lie one after another in slabs: a typed array per chunk would cost more than its samples.
// Chunks are written about in the order in which they expire, so slabs empty, and are freed, as a whole.

/** Where a packed chunk lies: its slab's number times the slab size, plus its first word. Never reused. */
export type ChunkId = number

export interface Slab {
  readonly words: Uint32Array
  used: number
  live: number
}

export interface ChunkArena {
  /** Packs columns of `count` samples (at most 256) that belong to the series `owner`. */
  write(
    owner: number,
    times: Float64Array,
    timeFrom: number,
    values: Float64Array,
    valueFrom: number,
    count: number,
  ): ChunkId
  countOf(id: ChunkId): number
  minTimeOf(id: ChunkId): number
  maxTimeOf(id: ChunkId): number
  readTimes(id: ChunkId, out: Float64Array, from: number): void
  /** Reads both columns; values cannot be read alone, as they lie behind the timestamps. */
  read(id: ChunkId, times: Float64Array, timeFrom: number, values: Float64Array, valueFrom: number): void
  /** Bytes of packed samples and their headers, without what slabs have unused. */
  packedBytes(): number
  release(id: ChunkId): void
  /** Says anew whose a chunk is. */
  setOwner(id: ChunkId, owner: number): void
  /** The chunks of the oldest slab with their owners, unless it is the only one. */
  oldestSlab(): { readonly id: ChunkId; readonly owner: number }[]
  /** Bytes of all slabs. */
  bytes(): number
  slabs(): ReadonlyMap<number, Slab>
  /** Takes a restored slab, of which only the chunks in `live` are in use. */
  adopt(index: number, words: Uint32Array, used: number, live: readonly ChunkId[]): void
}

export const SLAB_WORDS = 1 << 16
// Words before a chunk's bits: its length and count, its owner, first and last timestamp.
const HEADER_WORDS = 6
const MIN_TIME = 2
const MAX_TIME = 4

const double = new Float64Array(1)
const halves = new Uint32Array(double.buffer)

export function createChunkArena(): ChunkArena {
  const slabs = new Map<number, Slab>()
  const cursor: BitCursor = { words: new Uint32Array(0), bit: 0 }
  let current: Slab | undefined
  let currentIndex = -1
  let liveWords = 0

  function slabFor(words: number): Slab {
    if (current && current.used + words <= SLAB_WORDS) return current
    if (current?.live === 0) slabs.delete(currentIndex)
    current = { words: new Uint32Array(SLAB_WORDS), used: 0, live: 0 }
    currentIndex++
    slabs.set(currentIndex, current)
    return current
  }

  function wordsOf(id: ChunkId): Uint32Array {
    const slab = slabs.get(Math.floor(id / SLAB_WORDS))
    if (!slab) throw new RangeError(`chunk ${id} was released; a series must not list a released chunk`)
    return slab.words
  }

  function seek(id: ChunkId): number {
    cursor.words = wordsOf(id)
    const at = id % SLAB_WORDS
    cursor.bit = (at + HEADER_WORDS) * 32
    return (cursor.words[at] ?? 0) >>> 16
  }

  return {
    write(owner, times, timeFrom, values, valueFrom, count) {
      if (count < 1 || count > MAX_CHUNK_SAMPLES)
        throw new RangeError(`a chunk holds 1 to ${MAX_CHUNK_SAMPLES} samples, not ${count}`)
      const slab = slabFor(HEADER_WORDS + maxPackedWords(count))
      const at = slab.used
      cursor.words = slab.words
      cursor.bit = (at + HEADER_WORDS) * 32
      packColumn(cursor, times, timeFrom, count)
      packColumn(cursor, values, valueFrom, count)
      const length = Math.ceil(cursor.bit / 32) - at
      slab.words[at] = (count << 16) | length
      slab.words[at + 1] = owner
      writeDouble(slab.words, at + MIN_TIME, times[timeFrom] ?? 0)
      writeDouble(slab.words, at + MAX_TIME, times[timeFrom + count - 1] ?? 0)
      slab.used = at + length
      slab.live++
      liveWords += length
      return currentIndex * SLAB_WORDS + at
    },
    countOf: (id) => (wordsOf(id)[id % SLAB_WORDS] ?? 0) >>> 16,
    minTimeOf: (id) => readDouble(wordsOf(id), (id % SLAB_WORDS) + MIN_TIME),
    maxTimeOf: (id) => readDouble(wordsOf(id), (id % SLAB_WORDS) + MAX_TIME),
    readTimes: (id, out, from) => unpackColumn(cursor, out, from, seek(id)),
    read(id, times, timeFrom, values, valueFrom) {
      const count = seek(id)
      unpackColumn(cursor, times, timeFrom, count)
      unpackColumn(cursor, values, valueFrom, count)
    },
    packedBytes: () => liveWords * 4,
    release(id) {
      const index = Math.floor(id / SLAB_WORDS)
      liveWords -= (wordsOf(id)[id % SLAB_WORDS] ?? 0) & 0xffff
      const slab = slabs.get(index)
      if (slab && --slab.live === 0 && slab !== current) slabs.delete(index)
    },
    setOwner(id, owner) {
      wordsOf(id)[(id % SLAB_WORDS) + 1] = owner
    },
    oldestSlab() {
      const [entry] = slabs
      if (!entry || entry[1] === current) return []
      return chunksIn(entry[0], entry[1])
    },
    bytes: () => slabs.size * SLAB_WORDS * 4,
    slabs: () => slabs,
    adopt(index, words, used, live) {
      slabs.set(index, { words, used, live: live.length })
      for (const id of live) liveWords += (words[id % SLAB_WORDS] ?? 0) & 0xffff
      currentIndex = Math.max(currentIndex, index)
    },
  }
}

function chunksIn(index: number, slab: Slab): { id: ChunkId; owner: number }[] {
  const chunks: { id: ChunkId; owner: number }[] = []
  for (let at = 0; at < slab.used; at += (slab.words[at] ?? 0) & 0xffff)
    chunks.push({ id: index * SLAB_WORDS + at, owner: slab.words[at + 1] ?? 0 })
  return chunks
}

function writeDouble(words: Uint32Array, at: number, value: number): void {
  double[0] = value
  words[at] = halves[0] ?? 0
  words[at + 1] = halves[1] ?? 0
}

function readDouble(words: Uint32Array, at: number): number {
  halves[0] = words[at] ?? 0
  halves[1] = words[at + 1] ?? 0
  return double[0] ?? 0
}
