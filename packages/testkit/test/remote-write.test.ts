import { describe, expect, test } from 'vitest'
import { remoteWrite, startPrometheus } from '../src/mod.ts'

const START = Date.UTC(2024, 1, 29, 12)

/** Prometheus' staleness marker, by its bits. */
const STALE = new Float64Array(BigUint64Array.of(0x7ff0000000000002n).buffer)

function withStaleEnd(...values: number[]): Float64Array {
  const all = Float64Array.of(...values, 0)
  new BigUint64Array(all.buffer).set(new BigUint64Array(STALE.buffer), values.length)
  return all
}

describe('remote write to a real Prometheus', () => {
  test('carries labels, times, special values and the end of a series; what it refuses is told', async () => {
    const prometheus = await startPrometheus()
    try {
      const query = async (expr: string, timeMs: number): Promise<unknown> => {
        const body = new URLSearchParams({ query: expr, time: String(timeMs / 1000) })
        const response = await fetch(`${prometheus.url}/api/v1/query`, { method: 'POST', body })
        return ((await response.json()) as { data: { result: unknown } }).data.result
      }
      await remoteWrite(prometheus.url, [
        {
          labels: { zone: 'Zürich', __name__: 'level' },
          timestamps: [START, START + 1001, START + 2000],
          values: Float64Array.of(-1.5, Number.NaN, Number.NEGATIVE_INFINITY),
        },
        {
          labels: { __name__: 'ended' },
          timestamps: [START, START + 60_000],
          values: withStaleEnd(7),
        },
      ])
      expect(await query('level[1m]', START + 5000)).toEqual([
        {
          metric: { __name__: 'level', zone: 'Zürich' },
          values: [
            [START / 1000, '-1.5'],
            [(START + 1001) / 1000, 'NaN'],
            [(START + 2000) / 1000, '-Inf'],
          ],
        },
      ])
      expect(await query('ended', START + 59_000)).toHaveLength(1)
      expect(await query('ended', START + 61_000)).toEqual([])
      const nameless = { labels: {}, timestamps: [START], values: Float64Array.of(1) }
      await expect(remoteWrite(prometheus.url, [nameless])).rejects.toThrow(/was refused: 500 empty labelset/)
    } finally {
      await prometheus.stop()
    }
  })
})
