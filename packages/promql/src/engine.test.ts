import { describe, expect, it } from 'vitest'
import { createEngine } from './engine.ts'
import { createMemoryStorage } from './promqltest/memory-storage.ts'
import type { Queryable } from './storage.ts'

const MINUTE = 60_000

/** Many series, made only as they are read. */
function manySeries(count: number, samples: number, onRead: () => void = () => {}): Queryable {
  const timestamps = Float64Array.from({ length: samples }, (_, i) => i * 1000)
  return {
    *select() {
      for (let i = 0; i < count; i++) {
        onRead()
        yield {
          labels: { __name__: 'm', i: String(i) },
          timestamps,
          values: new Float64Array(samples).fill(i),
        }
      }
    },
  }
}

/** A clock on which every look takes a millisecond. */
function tickingClock(): () => number {
  let time = 0
  return () => time++
}

const expensive = [
  '{__name__=~".+"}',
  'sum by (i) (rate({__name__=~".+"}[30d]))',
  'm * on (i) group_left () m',
  'topk(100, m)',
  'sort(m)',
  'label_replace(m, "j", "$1", "i", "(.*)")',
  'm or m',
  'quantile by (i) (0.5, m)',
  'count_values("v", m)',
  'histogram_quantile(0.9, label_replace(m, "le", "$1", "i", "(.*)"))',
  'max_over_time(m[10m:1s])',
]

describe('an engine', () => {
  it.each(expensive)('lets others work while it evaluates %s', async (expr) => {
    let pauses = 0
    const pause = async (): Promise<void> => void pauses++
    const engine = createEngine({ queryable: manySeries(3000, 60), now: tickingClock(), sliceMs: 0, pause })
    await engine.instant(expr, 60_000)
    expect(pauses).toBeGreaterThan(3)
  })

  it.each([
    '-m',
    'sin(m)',
    'round(m, 2)',
    'clamp(m, 1, 2)',
    'clamp_min(m, 1)',
    'hour(m)',
    'timestamp(m + 0)',
    'vector(scalar(m > 1e9))',
    'sum by (i) (m)',
  ])('lets others work more often for %s than for what it reads', async (expr) => {
    const pausesFor = async (text: string): Promise<number> => {
      let pauses = 0
      const pause = async (): Promise<void> => void pauses++
      const engine = createEngine({ queryable: manySeries(50, 60), now: tickingClock(), sliceMs: 0, pause })
      await engine.range(text, 0, 59_999, 30)
      return pauses
    }
    expect(await pausesFor(expr)).toBeGreaterThan((await pausesFor('absent(m)')) + 5)
  })

  it('lets others work while the storage judges values', async () => {
    let pauses = 0
    const queryable: Queryable = {
      ...manySeries(1, 1),
      prepare: () => Array.from({ length: 1000 }),
    }
    const pause = async (): Promise<void> => void pauses++
    const engine = createEngine({ queryable, now: tickingClock(), sliceMs: 0, pause })
    await engine.instant('m', 0)
    await engine.instant('rate(m[5m])', 0)
    expect(pauses).toBeGreaterThan(100)
  })

  it('refuses a regular expression that is too long, also in label_replace', async () => {
    const engine = createEngine({ queryable: manySeries(1, 1) })
    const long = '.a'.repeat(2500)
    await expect(engine.instant(`label_replace(m, "a", "", "i", "${long}")`, 0)).rejects.toMatchObject({
      code: 'execution',
    })
  })

  it('lets others work within one value that label_replace asks a hostile regular expression about', async () => {
    let pauses = 0
    const labels = { __name__: 'm', path: 'ab'.repeat(2048) }
    const queryable: Queryable = {
      select: () => [{ labels, timestamps: Float64Array.of(0), values: Float64Array.of(1) }],
    }
    const pause = async (): Promise<void> => void pauses++
    const engine = createEngine({ queryable, now: tickingClock(), sliceMs: 0, pause })
    await engine.instant('label_replace(m, "a", "b", "path", "(.{1,30}){33}")', 0)
    expect(pauses).toBeGreaterThan(10)
  })

  it('lets others work between the steps of one long series', async () => {
    let pauses = 0
    const pause = async (): Promise<void> => void pauses++
    const engine = createEngine({ queryable: manySeries(1, 20_000), now: tickingClock(), sliceMs: 0, pause })
    await engine.range('quantile_over_time(0.9, m[1h])', 0, 20_000_000, 1_000_000)
    expect(pauses).toBeGreaterThan(3)
  })

  it('ends a query that reads too much before it has read it all', async () => {
    let read = 0
    const engine = createEngine({ queryable: manySeries(1e9, 1000, () => read++), maxSamples: 100_000 })
    await expect(engine.instant('rate({__name__=~".+"}[30d])', MINUTE)).rejects.toMatchObject({
      code: 'too_many_samples',
      message: 'query processing would load too many samples into memory in query execution',
    })
    expect(read).toBeLessThan(102)
  })

  it('ends a query of too many steps before it makes room for them', async () => {
    const engine = createEngine({ queryable: manySeries(1, 1) })
    await expect(engine.range('1', 0, 1e15, 1)).rejects.toMatchObject({ code: 'too_many_samples' })
    await expect(engine.instant('sum_over_time(vector(1)[100y:1ms])', 0)).rejects.toMatchObject({
      code: 'too_many_samples',
    })
  })

  it('ends a query that takes too long', async () => {
    const engine = createEngine({ queryable: manySeries(1e9, 10), now: tickingClock(), timeoutMs: 50 })
    await expect(engine.instant('sum(m)', MINUTE)).rejects.toMatchObject({
      code: 'timeout',
      retryable: true,
      message: 'query timed out in expression evaluation',
    })
  })

  it('ends a query when its signal says so', async () => {
    const controller = new AbortController()
    const pause = async (): Promise<void> => controller.abort()
    const engine = createEngine({ queryable: manySeries(1e9, 1), now: tickingClock(), sliceMs: 0, pause })
    const query = engine.instant('count(m)', 0, { signal: controller.signal })
    await expect(query).rejects.toMatchObject({ code: 'canceled' })
  })

  it('ends a query that would double a label until memory ends', async () => {
    let expr = 'label_replace(m, "a", "0123456789", "", "")'
    for (let i = 0; i < 60; i++) expr = `label_replace(${expr}, "a", "$1$1", "a", "(.*)")`
    const engine = createEngine({ queryable: manySeries(1, 1) })
    await expect(engine.instant(expr, 0)).rejects.toMatchObject({ code: 'execution' })
  })

  it('says that native histograms are not supported', async () => {
    const engine = createEngine({ queryable: manySeries(1, 1) })
    await expect(engine.instant('histogram_count(m)', 0)).rejects.toMatchObject({ code: 'unsupported' })
  })

  it('refuses a range query over anything but scalars and vectors, and a step of nothing', async () => {
    const engine = createEngine({ queryable: manySeries(1, 1) })
    await expect(engine.range('m[5m]', 0, MINUTE, 1000)).rejects.toThrow(
      'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    )
    await expect(engine.range('m', 0, MINUTE, 0)).rejects.toThrow(/zero or negative query resolution/)
  })

  it('orders the series of a range query by their labels', async () => {
    const storage = createMemoryStorage()
    for (const i of ['2', '10', '1']) storage.load({ __name__: 'm', i }, MINUTE, [1, 2])
    const { value } = await createEngine({ queryable: storage }).range('-m', 0, MINUTE, MINUTE)
    expect(value).toMatchObject([{ labels: { i: '1' } }, { labels: { i: '10' } }, { labels: { i: '2' } }])
  })

  it('takes labels that are named like properties of objects', async () => {
    const storage = createMemoryStorage()
    storage.load(JSON.parse('{"__name__":"m","__proto__":"x","constructor":"y"}'), MINUTE, [1])
    const engine = createEngine({ queryable: storage })
    const result = await engine.instant('sum by (__proto__, constructor) (m{__proto__="x"})', 0)
    expect(Object.entries(result.type === 'vector' ? (result.value[0]?.labels ?? {}) : {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
  })
})
