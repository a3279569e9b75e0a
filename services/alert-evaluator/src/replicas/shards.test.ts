import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignShards, SHARDS, shardOf, shardOfKey } from './shards.ts'

test('a group and the alerts of its rules are in the same part', () => {
  expect(shardOf('00000000000000ff')).toBe(255 % SHARDS)
  expect(shardOfKey('00000000000000ff.0000000000000001.0000000000000002')).toBe(255 % SHARDS)
})

test('parts are spread evenly, whoever asks in whatever order', () => {
  const members = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 15 })
  fc.assert(
    fc.property(members, (names) => {
      const assigned = assignShards(names)
      expect(assigned).toEqual(assignShards(names.toReversed()))
      const counts = names.map((name) => assigned.filter((one) => one === name).length)
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(SHARDS)
      expect(Math.max(...counts)).toBeLessThanOrEqual(Math.ceil(SHARDS / names.length))
    }),
  )
  expect(assignShards([])).toEqual(Array.from({ length: SHARDS }, () => undefined))
})

test('when one of three goes, at least half of what the others had stays with them', () => {
  const before = assignShards(['a', 'b', 'c'])
  const after = assignShards(['a', 'b'])
  const stayed = before.filter((name, shard) => name !== 'c' && after[shard] === name).length
  expect(stayed).toBeGreaterThanOrEqual(4)
})
