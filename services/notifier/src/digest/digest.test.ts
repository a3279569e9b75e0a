import type { DigestEntry } from '@tocsin/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DigestOptions } from '../policy/policy.ts'
import { buildDigests } from './build-digests.ts'
import { foldEntries } from './fold-entries.ts'
import { nextDigestMs } from './next-digest.ts'

const T0 = Date.UTC(2026, 2, 1, 12)
const at = (minute: number) => new Date(T0 + minute * 60_000).toISOString()
const options: DigestOptions = {
  name: 'digest',
  cron: undefined,
  timeZone: 'UTC',
  everyMs: 900_000,
  most: undefined,
}
const book = { digest: options, receiver: 'default', heldFor: undefined }

function entry(
  name: string,
  status: DigestEntry['status'],
  minute: number,
  facts: Partial<DigestEntry> = {},
): DigestEntry {
  const labels: Record<string, string> = status === 'message' ? {} : { alertname: name }
  return {
    id: `${name} ${status} ${minute}`,
    time: at(minute),
    severity: 'low',
    title: name,
    text: '',
    status,
    labels,
    ...facts,
  }
}

const batch = (entries: readonly DigestEntry[]) => ({
  id: 'b',
  messages: new Map(entries.map((e) => [e.id, [e]])),
})

describe('folding', () => {
  it('makes one entry of an alert that flaps: as it was last, how often it fired, and since when', () => {
    const flaps = [0, 1, 2, 3].flatMap((i) => [
      entry('Flap', 'firing', 2 * i),
      entry('Flap', 'resolved', 2 * i + 1),
    ])
    expect(foldEntries([...flaps, entry('Flap', 'firing', 9)])).toMatchObject([
      { title: 'Flap', status: 'firing', time: at(9), fired: 5, since: at(0) },
    ])
  })

  it('does not count a repeat as one more time', () => {
    const repeats = [1, 2, 3].map((i) => entry('Slow', 'firing', 0, { id: `repeat ${i}` }))
    expect(foldEntries(repeats)).toEqual([repeats[2]])
  })

  it('leaves messages as they are', () => {
    const messages = [entry('Deploy', 'message', 1), entry('Deploy', 'message', 2)]
    expect(foldEntries(messages)).toEqual(messages)
  })

  it('does not depend on the order in which entries came', () => {
    const all = [
      entry('A', 'firing', 0),
      entry('A', 'resolved', 1),
      entry('A', 'firing', 2),
      entry('B', 'firing', 1),
    ]
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(new Set(foldEntries(shuffled).map((e) => JSON.stringify(e)))).toEqual(
          new Set(foldEntries(all).map((e) => JSON.stringify(e))),
        )
      }),
    )
  })
})

describe('a digest', () => {
  it('has the worst first', () => {
    const [digest] = buildDigests(
      batch([
        entry('A', 'firing', 9),
        entry('B', 'firing', 1, { severity: 'high' }),
        entry('C', 'resolved', 5),
      ]),
      book,
      T0,
    )
    expect(digest?.entries.map(({ title }) => title)).toEqual(['B', 'A', 'C'])
    expect(digest).toMatchObject({ severity: 'high', from: at(1), to: at(9) })
  })

  it('is bounded in count and in bytes, without leaving anything out, and made again it is the same', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 20 }),
        (sizes, most) => {
          const entries = sizes.map((size, i) => entry(`A${i}`, 'firing', i, { text: 'x'.repeat(size) }))
          const bounded = { ...book, digest: { ...options, most } }
          const digests = buildDigests(batch(entries), bounded, T0)
          for (const digest of digests) {
            expect(digest.entries.length).toBeLessThanOrEqual(most)
            expect(JSON.stringify(digest).length).toBeLessThan(700_000)
          }
          expect(digests.flatMap((digest) => digest.entries).length).toBe(entries.length)
          expect(buildDigests(batch(entries.toReversed()), bounded, T0 + 1).map(({ id }) => id)).toEqual(
            digests.map(({ id }) => id),
          )
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('the next digest', () => {
  const next = (facts: Partial<DigestOptions>, since: string) =>
    new Date(nextDigestMs({ ...options, ...facts }, Date.parse(since))).toISOString()

  it('comes at whole multiples of the interval', () => {
    expect(next({}, '2026-03-01T12:01:00Z')).toBe('2026-03-01T12:15:00.000Z')
    expect(next({}, '2026-03-01T12:15:00Z')).toBe('2026-03-01T12:30:00.000Z')
  })

  it('comes by the clock of its time zone, over a change of that clock too', () => {
    const morning = { cron: '0 9 * * 1-5', timeZone: 'Europe/Berlin' }
    expect(next(morning, '2026-03-27T07:00:00Z')).toBe('2026-03-27T08:00:00.000Z')
    // Over the weekend on which the clocks go forward.
    expect(next(morning, '2026-03-27T08:00:00Z')).toBe('2026-03-30T07:00:00.000Z')
  })

  it('has passed for what has waited over a time that nobody ran', () => {
    expect(nextDigestMs({ ...options, cron: '0 9 * * *' }, Date.parse('2026-03-01T08:59:00Z'))).toBeLessThan(
      Date.parse('2026-03-01T09:30:00Z'),
    )
  })
})
