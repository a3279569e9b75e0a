import { describe, expect, it } from 'vitest'
import { afterAbsence } from './after-absence.ts'
import type { PostedRecord } from './posted-record.ts'

const BACK = Date.UTC(2026, 2, 1, 12)
const MINUTE = 60_000
const at = (minutes: number) => new Date(BACK + minutes * MINUTE).toISOString()

/** An alert that was posted this many minutes before somebody was at work again, to end so many after that. */
function posted(ago: number, end: number, change: Partial<PostedRecord> = {}, timeout = false): PostedRecord {
  const alert = {
    labels: {},
    annotations: {},
    startsAt: at(-ago),
    endsAt: at(end),
    timeout,
    generatorURL: '',
  }
  return { fingerprint: 'f', alert, postedMs: BACK - ago * MINUTE, isFiring: true, ...change }
}
const after = (record: PostedRecord, endedMs = BACK) =>
  afterAbsence(record, { endedMs, mostGraceMs: 5 * MINUTE })

describe('after nobody was at work', () => {
  it.each([
    ['that was given and is to come holds', posted(3, 1), 1],
    ['that was given and passed leaves as long as it was given', posted(3, -1), 2],
    ['that passed leaves no longer than the resolve timeout', posted(30, -10), 5],
    ['that a refresh may have moved is as one that passed', posted(3, 1, { isRefreshed: true }), 4],
    ['that a refresh may have moved, and is far, holds', posted(3, 60, { isRefreshed: true }), 60],
    ['that is a timeout begins anew', posted(3, 2, {}, true), 5],
    ['that has been is not changed', posted(3, -1, { isFiring: false }), -1],
  ] as const)('an end %s', (_, record, end) => {
    expect(after(record).alert.endsAt).toBe(at(end))
  })

  it('an alert gets a grace once', () => {
    const held = after(posted(3, -1))
    expect(after(held, BACK + MINUTE)).toBe(held)
    expect(after(held, BACK + 60 * MINUTE)).toBe(held)
  })
})
