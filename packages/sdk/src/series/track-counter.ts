import type { Counter } from 'prom-client'
import type { RawLabels, ScalarEntry } from '../publish/prom-client.ts'
import { isAbsolute } from '../record/set-cumulative.ts'
import { finite, isLabels, labelsOf } from './arguments.ts'
import { createSeriesFinder, type MadeMetric } from './find-series.ts'
import type { Series } from './series-table.ts'
import type { Tracking } from './tracking.ts'

/**
 * Follows a counter series by series. It stays prom-client's own and prints, throws and answers as before, but its
 * methods find their series sooner, and say which of them changed.
 */
export function trackCounter<T extends Counter>(counter: T, tracking: Tracking): T {
  const metric = counter as unknown as MadeMetric
  const { labelNames } = metric
  const finder = createSeriesFinder(metric, tracking, {
    make: (labels): ScalarEntry => ({ labels, value: 0 }),
    begins: () => metric.collect === undefined && !isAbsolute(counter),
    adds: true,
  })
  const { table } = finder

  function add(series: Series | undefined, by: number): void {
    if (series === undefined) return
    const entry = series.entry as ScalarEntry
    entry.value += by
    if (!series.changed) table.mark(series)
  }

  function childOf(labels: RawLabels) {
    let series: Series | undefined
    return {
      inc(value?: unknown) {
        const by = increment(value)
        series = finder.again(series, labels)
        add(series, by)
      },
    }
  }

  Object.assign(counter, {
    inc(first?: unknown, second?: unknown) {
      if (isLabels(first)) {
        const by = increment(second)
        add(finder.find(first), by)
      } else {
        const by = increment(first)
        add(finder.sole(), by)
      }
    },
    labels: (...given: unknown[]) => childOf(labelsOf(labelNames, given)),
    remove: (...given: unknown[]) => finder.remove(labelsOf(labelNames, given)),
    reset() {
      finder.clear()
      if (labelNames.length === 0) finder.sole()
    },
  })
  counter.reset()
  return counter
}

function increment(value: unknown): number {
  if (value === undefined || value === null) return 1
  const by = finite(value)
  if (by < 0) throw new Error('It is not possible to decrease a counter')
  return by
}
