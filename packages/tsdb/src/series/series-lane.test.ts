import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHead, type Head } from '../head.ts'
import type { Series } from './series.ts'

const START = Date.parse('2026-03-01T12:00:00Z')
const HOUR = 3_600_000

function seriesOf(head: Head, number: number): Series {
  const series = head.intern({ __name__: 'level', number: String(number) })
  if ('refused' in series) throw new Error(series.detail)
  return series
}

function contentOf(head: Head) {
  return head.series().map((series) => {
    const { timestamps = [], values = [] } = head.read(series, -Infinity, Infinity) ?? {}
    return { labels: series.labels, stale: series.lastIsStale, times: [...timestamps], values: [...values] }
  })
}

describe('a lane', () => {
  const steps = fc.array(
    fc.record({
      number: fc.nat(5),
      afterMs: fc.constantFrom(1000, 1000, 1000, 0, -1000, -30_000, 7 * HOUR),
      value: fc.constantFrom(1, 2, 0.5, -3, Number.NaN, Number.POSITIVE_INFINITY),
      kind: fc.constantFrom('level', 'level', 'level', 'level', 'stale', 'maintain'),
    }),
    { minLength: 1, maxLength: 300 },
  )

  test('leaves what appends by series leave, whatever comes late, ends, is packed or dropped', () => {
    let quick = 0
    fc.assert(
      fc.property(steps, (list) => {
        const options = { chunkSamples: 16 }
        const [withIt, without] = [createHead(options), createHead(options)]
        const lane = withIt.openLane()
        let time = START
        for (const { number, afterMs, value, kind } of list) {
          time += afterMs
          if (kind === 'maintain') {
            withIt.maintain(time)
            without.maintain(time)
          } else if (kind === 'stale') {
            withIt.appendStale(seriesOf(withIt, number), time)
            without.appendStale(seriesOf(without, number), time)
          } else {
            without.append(seriesOf(without, number), time, value)
            if (lane.append(number, time, value)) quick++
            else {
              const series = seriesOf(withIt, number)
              withIt.append(series, time, value)
              lane.set(number, series)
            }
          }
        }
        expect(contentOf(withIt)).toEqual(contentOf(without))
        expect(withIt.stats()).toEqual(without.stats())
      }),
      { numRuns: 300 },
    )
    expect(quick).toBeGreaterThan(0)
  })

  test('leaves to the general way what a watcher must hear of', () => {
    const head = createHead()
    const lane = head.openLane()
    const series = seriesOf(head, 0)
    head.append(series, START, 1)
    lane.set(0, series)
    expect(lane.append(0, START + 1, 2)).toBe(true)
    const stop = head.watchSamples(() => {})
    expect(lane.append(0, START + 2, 3)).toBe(false)
    stop()
    expect(lane.append(0, START + 2, 3)).toBe(true)
    expect(contentOf(head)[0]?.values).toEqual([1, 2, 3])
  })

  test('has nothing for a number that was forgotten, or that nobody has set', () => {
    const head = createHead()
    const lane = head.openLane()
    const series = seriesOf(head, 0)
    head.append(series, START, 1)
    lane.set(100, series)
    lane.forget(100)
    for (const number of [100, 0, 5000, -1]) expect(lane.append(number, START + 1, 2)).toBe(false)
    expect(series.lastTimeMs).toBe(START)
  })
})
