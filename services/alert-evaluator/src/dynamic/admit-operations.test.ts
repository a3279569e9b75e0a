import { expect, test } from 'vitest'
import { admitOperations } from './admit-operations.ts'
import { emptyRecord, operationKey, type ServiceRecord } from './service-record.ts'

const NOW = 1_800_000_000_000
const HOUR = 3_600_000
const limits = { most: 3, forgetMs: 24 * HOUR }

const seen = (...operations: readonly (readonly [name: string, lastSeenMs: number])[]) =>
  new Map(
    operations.map(([name, lastSeenMs]) => {
      const operation = { service: 'shop', name, kind: 'SPAN_KIND_SERVER', lastSeenMs }
      return [operationKey(operation), operation]
    }),
  )
const known = (...operations: readonly (readonly [name: string, lastSeenMs: number])[]): ServiceRecord => ({
  ...emptyRecord('shop'),
  operations: operations.map(([name, lastSeenMs]) => ({
    name,
    kind: 'SPAN_KIND_SERVER',
    firstSeenMs: 0,
    lastSeenMs,
  })),
})
const namesOf = (record: ServiceRecord | undefined) => record?.operations.map(({ name }) => name)

const table: [string, ServiceRecord, ReturnType<typeof seen>, string[] | undefined, number][] = [
  ['what is new is taken in', known(), seen(['a', NOW], ['b', NOW]), ['a', 'b'], 0],
  ['what is known changes nothing', known(['a', NOW - HOUR]), seen(['a', NOW]), undefined, 0],
  [
    'what has no room is counted',
    known(['a', NOW]),
    seen(['b', NOW], ['c', NOW], ['d', NOW], ['e', NOW]),
    ['a', 'b', 'c'],
    2,
  ],
  [
    'what is not seen for a day makes room',
    known(['a', NOW - 25 * HOUR], ['b', NOW], ['c', NOW]),
    seen(['d', NOW]),
    ['b', 'c', 'd'],
    0,
  ],
  [
    'what the head has seen since is kept',
    known(['a', NOW - 25 * HOUR]),
    seen(['a', NOW - HOUR]),
    undefined,
    0,
  ],
  ['what was seen a day ago is not new', known(), seen(['a', NOW - 25 * HOUR]), undefined, 0],
  [
    'what is known and beyond a lower limit stays',
    known(['a', NOW], ['b', NOW], ['c', NOW], ['d', NOW]),
    seen(['e', NOW]),
    undefined,
    1,
  ],
]
test.each(table)('%s', (_name, record, noticed, expected, over) => {
  const admission = admitOperations(record, noticed, limits, NOW)
  expect(namesOf(admission.record)).toEqual(expected)
  expect(admission.over).toBe(over)
})

test('operations of one name and several kinds are several', () => {
  const both = new Map(
    ['SPAN_KIND_SERVER', 'SPAN_KIND_CONSUMER'].map((kind) => {
      const operation = { service: 'shop', name: 'a', kind, lastSeenMs: NOW }
      return [operationKey(operation), operation]
    }),
  )
  expect(admitOperations(known(), both, limits, NOW).record?.operations).toHaveLength(2)
})
