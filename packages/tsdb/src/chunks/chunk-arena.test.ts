import { describe, expect, test } from 'vitest'
import { createChunkArena, SLAB_WORDS } from './chunk-arena.ts'

const noise = Float64Array.from({ length: 256 }, (_, i) => Math.sin(i) * 1e9)
const times = Float64Array.from({ length: 256 }, (_, i) => i * 1000)

describe('the chunk arena', () => {
  test('reads back what was written, with its count and bounds', () => {
    const arena = createChunkArena()
    const id = arena.write(7, times, 10, noise, 10, 50)
    const outTimes = new Float64Array(60)
    const outValues = new Float64Array(60)
    arena.read(id, outTimes, 5, outValues, 6)
    expect(arena.countOf(id)).toBe(50)
    expect(arena.minTimeOf(id)).toBe(10_000)
    expect(arena.maxTimeOf(id)).toBe(59_000)
    expect(outTimes.subarray(5, 55)).toEqual(times.subarray(10, 60))
    expect(outValues.subarray(6, 56)).toEqual(noise.subarray(10, 60))
  })

  test('frees a slab once all its chunks are released', () => {
    const arena = createChunkArena()
    const ids: number[] = []
    while (arena.slabs().size < 3) ids.push(arena.write(1, times, 0, noise, 0, 256))
    for (const id of ids.filter((one) => one < 2 * SLAB_WORDS)) arena.release(id)
    expect([...arena.slabs().keys()]).toEqual([2])
    expect(arena.bytes()).toBe(SLAB_WORDS * 4)
    for (const id of ids.filter((one) => one >= 2 * SLAB_WORDS)) arena.release(id)
    expect(arena.packedBytes()).toBe(0)
  })

  test('lists the chunks of the oldest slab with their owners, but never those of the one being written', () => {
    const arena = createChunkArena()
    let owner = 0
    const ids = [arena.write(owner++, times, 0, noise, 0, 256)]
    expect(arena.oldestSlab()).toEqual([])
    while (arena.slabs().size < 2) ids.push(arena.write(owner++, times, 0, noise, 0, 256))
    expect(arena.oldestSlab()).toEqual(ids.slice(0, -1).map((id, i) => ({ id, owner: i })))
  })

  test('refuses chunks that are empty or too long, and reading what was released', () => {
    const arena = createChunkArena()
    expect(() => arena.write(1, times, 0, noise, 0, 0)).toThrow('1 to 256 samples')
    expect(() => arena.write(1, times, 0, noise, 0, 257)).toThrow('1 to 256 samples')
    expect(() => arena.countOf(9 * SLAB_WORDS)).toThrow('was released')
  })
})
