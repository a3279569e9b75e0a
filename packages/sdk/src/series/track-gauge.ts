import { format } from 'node:util'
import type { Gauge } from 'prom-client'
import type { RawLabels, ScalarEntry } from '../publish/prom-client.ts'
import { isLabels, labelsOf } from './arguments.ts'
import { createSeriesFinder, type MadeMetric } from './find-series.ts'
import type { Series } from './series-table.ts'
import type { Tracking } from './tracking.ts'

/** Follows a gauge series by series; it stays prom-client's own. One without room for a series does not set it. */
export function trackGauge<T extends Gauge>(gauge: T, tracking: Tracking): T {
  const metric = gauge as unknown as MadeMetric
  const { labelNames } = metric
  const finder = createSeriesFinder(metric, tracking, {
    make: (labels): ScalarEntry => ({ labels, value: 0 }),
    begins: () => false,
    adds: false,
  })
  const { table } = finder

  function set(series: Series | undefined, value: number): void {
    if (series === undefined) return
    const entry = series.entry as ScalarEntry
    if (Object.is(entry.value, value)) return
    entry.value = value
    if (!series.changed) table.mark(series)
  }

  function add(series: Series | undefined, by: number): void {
    if (series !== undefined) set(series, (series.entry as ScalarEntry).value + by)
  }

  function childOf(labels: RawLabels) {
    let series: Series | undefined
    const again = () => {
      series = finder.again(series, labels)
      return series
    }
    return {
      inc(value: unknown = 1) {
        const by = delta(value)
        add(again(), by)
      },
      dec(value: unknown = 1) {
        const by = delta(-(value as number))
        add(again(), by)
      },
      set(value: unknown) {
        const to = level(value)
        set(again(), to)
      },
      setToCurrentTime: () => set(again(), Date.now() / 1000),
      startTimer: () => gauge.startTimer(labels as Record<string, string>),
    }
  }

  const seriesOf = (first: unknown) => (isLabels(first) ? finder.find(first) : finder.sole())
  const given = (first: unknown, second: unknown) => (isLabels(first) ? second : first)
  Object.assign(gauge, {
    inc(first?: unknown, second?: unknown) {
      const by = delta(orOne(given(first, second)))
      add(seriesOf(first), by)
    },
    dec(first?: unknown, second?: unknown) {
      const by = delta(-orOne(given(first, second)))
      add(seriesOf(first), by)
    },
    set(first: unknown, second?: unknown) {
      const to = level(given(first, second))
      set(seriesOf(first), to)
    },
    labels: (...values: unknown[]) => childOf(labelsOf(labelNames, values)),
    remove: (...values: unknown[]) => finder.remove(labelsOf(labelNames, values)),
    reset() {
      finder.clear()
      if (labelNames.length === 0) finder.sole()
    },
  })
  gauge.reset()
  return gauge
}

/** Any number is a level, also NaN and the infinite ones. */
function level(value: unknown): number {
  if (typeof value === 'number') return value
  throw new TypeError(`Value is not a valid number: ${format(value)}`)
}

const orOne = (value: unknown) => (value === undefined ? 1 : (value as number))

function delta(value: unknown): number {
  if (typeof value === 'number') return value
  throw new TypeError(`Delta is not a valid number: ${format(value)}`)
}
