import { testClock } from '@tocsin/testkit'
import { describe, expect, it, vi } from 'vitest'
import { toSilence } from './silence.ts'
import { createSilenceBook } from './silence-book.ts'

const labels = { alertname: 'HighErrorRate' }

function silenceOf(id: string, startMs: number, endMs: number) {
  const iso = (ms: number) => new Date(ms).toISOString()
  return toSilence({
    id,
    matchers: [{ name: 'alertname', value: 'HighErrorRate', isRegex: false, isEqual: true }],
    startsAt: iso(startMs),
    endsAt: iso(endMs),
    updatedAt: iso(startMs),
    createdBy: 'ann',
    comment: '',
  })
}

describe('the book of silences', () => {
  it('mutes from start to end, and says when that changes', async () => {
    const clock = testClock()
    const changed = vi.fn()
    const book = createSilenceBook(clock, changed)
    const muted = () => book.silencedBy(labels, clock.now())
    book.put(silenceOf('b', clock.now() + 1000, clock.now() + 3000))
    book.put(silenceOf('a', clock.now(), clock.now() + 2000))
    expect(changed).toHaveBeenCalledTimes(2)
    expect(muted()).toEqual(['a'])
    await clock.advance(1000)
    expect(changed).toHaveBeenCalledTimes(3)
    expect(muted()).toEqual(['a', 'b'])
    await clock.advance(1000)
    expect(muted()).toEqual(['b'])
    await clock.advance(1000)
    expect(muted()).toEqual([])
    expect(changed).toHaveBeenCalledTimes(5)
    expect(clock.pending).toBe(0)
    expect(book.list()).toHaveLength(2)
  })

  it('follows a change, a deletion and a bucket that was made anew', async () => {
    const clock = testClock()
    const book = createSilenceBook(clock, () => {})
    const muted = () => book.silencedBy(labels, clock.now())
    const end = clock.now() + 60_000
    book.put(silenceOf('a', clock.now(), end))
    book.put(silenceOf('a', clock.now(), clock.now() + 1000))
    await clock.advance(1000)
    expect(muted()).toEqual([])
    book.put(silenceOf('a', clock.now(), end))
    expect(muted()).toEqual(['a'])
    book.delete('a')
    expect(muted()).toEqual([])
    book.put(silenceOf('c', clock.now(), end))
    book.clear()
    expect(muted()).toEqual([])
    book.stop()
    expect(clock.pending).toBe(0)
  })
})
