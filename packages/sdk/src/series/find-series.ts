import { inspect } from 'node:util'
import type { Entry, RawLabels } from '../publish/prom-client.ts'
import { createLabelTree } from './label-tree.ts'
import { createSeriesTable, type Series, type SeriesTable } from './series-table.ts'
import { setTable, type Tracking } from './tracking.ts'

/** What is added together once a metric has too many series, under the label that OpenTelemetry has for it. */
const OVERFLOW_KEY = 'otel_metric_overflow:true,'
const OVERFLOW_LABELS = { otel_metric_overflow: 'true' }

/** A metric of prom-client that is made already, as it is inside. */
export interface MadeMetric {
  readonly name: string
  readonly labelNames: readonly string[]
  readonly sortedLabelNames: readonly string[]
  readonly collect?: unknown
  hashMap: Record<string, Entry>
}

export interface SeriesFinder {
  readonly table: SeriesTable
  /** The series of these labels, made if it is new. Undefined where there is no room for it. Throws on unknown labels. */
  find(labels: RawLabels): Series | undefined
  /** The series without labels. */
  sole(): Series | undefined
  /** The series that a child found before, while it still is the one of these labels. */
  again(series: Series | undefined, labels: RawLabels): Series | undefined
  remove(labels: RawLabels): void
  clear(): void
}

/** Finds series by their labels, as prom-client does, without making a text for it each time. */
export function createSeriesFinder(
  metric: MadeMetric,
  tracking: Tracking,
  kind: {
    readonly make: (labels: RawLabels) => Entry
    /** Whether a series of it begins at zero. */
    readonly begins: () => boolean
    /** Whether series without room can be added together. */
    readonly adds: boolean
  },
): SeriesFinder {
  const { name, labelNames, sortedLabelNames } = metric
  const table = createSeriesTable(tracking.touch)
  const tree = createLabelTree<Series>(labelNames, () => Math.max(1000, 2 * table.size))
  let sole: Series | undefined
  metric.hashMap = {}
  setTable(metric, table)

  function find(labels: RawLabels): Series | undefined {
    const series = tree.find(labels)
    return series !== undefined && !series.gone ? series : lookUp(labels)
  }

  function lookUp(labels: RawLabels): Series | undefined {
    checkLabels(labelNames, labels)
    const key = keyOf(sortedLabelNames, labels)
    const series = table.get(key) ?? begin(key, labels)
    if (series !== undefined && series.key !== OVERFLOW_KEY) tree.put(labels, series)
    return series
  }

  function begin(key: string, labels: RawLabels): Series | undefined {
    const overflow = table.get(OVERFLOW_KEY)
    const size = table.size - (overflow === undefined ? 0 : 1)
    if (size < tracking.maxSeries) return add(key, { ...labels })
    tracking.refuse(name)
    return kind.adds ? (overflow ?? add(OVERFLOW_KEY, OVERFLOW_LABELS)) : undefined
  }

  function add(key: string, labels: RawLabels): Series {
    const entry = kind.make(labels)
    metric.hashMap[key] = entry
    return table.add(key, entry, kind.begins() ? tracking.now() : undefined)
  }

  return {
    table,
    find,
    sole() {
      if (sole === undefined || sole.gone) sole = find({})
      return sole
    },
    again: (series, labels) =>
      series === undefined || series.gone || series.key === OVERFLOW_KEY ? find(labels) : series,
    remove(labels) {
      checkLabels(labelNames, labels)
      const key = keyOf(sortedLabelNames, labels)
      delete metric.hashMap[key]
      table.remove(key)
    },
    clear() {
      metric.hashMap = {}
      table.clear()
    },
  }
}

/** prom-client's own key. */
function keyOf(sortedNames: readonly string[], labels: RawLabels): string {
  let key = ''
  for (const name of sortedNames) {
    const value = labels[name]
    if (value !== undefined) key += `${name}:${value},`
  }
  return key
}

function checkLabels(names: readonly string[], labels: RawLabels): void {
  for (const label in labels)
    if (!names.includes(label))
      throw new Error(`Added label "${label}" is not included in initial labelset: ${inspect(names)}`)
}
