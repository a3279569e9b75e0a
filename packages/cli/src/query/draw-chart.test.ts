import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawChart } from './draw-chart.ts'

const START = new Date(2026, 0, 31, 9).getTime()
const size = { columns: 40, rows: 6, stepMs: 1000 }
const points = (...values: number[]) => values.map((value, i) => [START + i * 1000, value] as const)

test('a chart has its values on one axis and the local time on the other', () => {
  const chart = drawChart([{ points: points(0, 1, 4, 9, 16, 25, 36, 49, 64, 81) }], size)
  expect(chart?.split('\n')).toEqual([
    '      ▲',
    '  81.0┤                                      ┏━',
    '      │                                  ┏━━━┛',
    '  40.5┤                             ┏━━━━┛',
    '      │                     ┏━━━━━━━┛',
    '      │            ┏━━━━━━━━┛',
    '     0┤━━━━━━━━━━━━┛',
    '      └┬─────────┬─────────┬────────┬─────────┬▶',
    '09:00:00  09:00:02  09:00:04 09:00:06  09:00:09',
  ])
})

test('a line is broken where samples are missing, are NaN or infinite', () => {
  const whole = drawChart([{ points: points(1, 1, 1, 1, 1) }], size)
  const marks = (chart: string | undefined) => [...(chart ?? '').matchAll(/━/g)].length
  expect(marks(whole)).toBe(40)
  const missing = points(1, 1, 1, 1, 1).filter((_, i) => i !== 2)
  for (const broken of [missing, points(1, 1, Number.NaN, 1, 1), points(1, 1, Infinity, 1, 1)])
    expect(marks(drawChart([{ points: broken }], size))).toBeLessThan(30)
})

test('without a value that can be drawn there is no chart', () => {
  expect(drawChart([{ points: [] }, { points: points(Number.NaN, Infinity) }], size)).toBeUndefined()
})

test('any values make a chart of the size that was asked for', () => {
  const values = fc.array(fc.double(), { minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 4 }), (all) => {
      const chart = drawChart(
        all.map((line) => ({ points: points(...line) })),
        size,
      )
      const drawable = all.flat().some(Number.isFinite)
      expect(chart === undefined).toBe(!drawable)
      if (chart !== undefined) expect(chart.split('\n')).toHaveLength(size.rows + 3)
    }),
    { numRuns: 200 },
  )
})
