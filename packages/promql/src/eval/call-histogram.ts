import { type Bucket, bucketFraction, bucketQuantile } from '../functions/buckets.ts'
import type { Labels } from '../storage.ts'
import type { CallExpr, Expr } from '../syntax/ast.ts'
import { formatOpenMetrics, parseNumber } from '../syntax/numbers.ts'

import { addRow, type Block, createBlock, setCell } from './block.ts'
import { labelsKey, labelValue, METRIC_NAME, omitLabels, setLabels } from './labels.ts'
import { warnAboutQuantiles } from './quantile-warnings.ts'
import type { Query } from './query.ts'

/** The rows of one classic histogram: a series per bucket, the bound in `le`. */
interface Histogram {
  /** Without the bound; the name is that of the first bucket seen. */
  readonly labels: Labels
  readonly dropName: boolean
  readonly rows: { readonly row: number; readonly bound: number }[]
}

/** One value from the buckets of a histogram at one step. */
type Measure = (buckets: Bucket[], step: number, histogram: Histogram) => number

export function* histogramQuantile(
  query: Query,
  expr: CallExpr,
  block: Block,
  q: Float64Array,
): Generator<void, Block> {
  const [phi, vector] = expr.args
  warnAboutQuantiles(query, q, phi ?? expr)
  const measure: Measure = (buckets, step, histogram) =>
    quantile(query, q[step] ?? 0, buckets, histogram, vector)
  return yield* measureHistograms(query, block, measure, vector)
}

/** `histogram_quantiles`: one row per histogram and quantile, the quantile in a label. */
export function* histogramQuantiles(
  query: Query,
  expr: CallExpr,
  block: Block,
  label: string,
  quantiles: readonly Float64Array[],
): Generator<void, Block> {
  const output = createBlock(block.steps)
  for (const [i, q] of quantiles.entries()) {
    warnAboutQuantiles(query, q, expr.args[i + 2] ?? expr)
    const measure: Measure = (buckets, step, histogram) =>
      quantile(query, q[step] ?? 0, buckets, histogram, expr.args[0])
    const measured = yield* measureHistograms(query, block, measure, expr.args[0])
    for (const [row, labels] of measured.labels.entries()) {
      if (query.due(block.steps)) yield
      const named = setLabels(labels, [[label, formatOpenMetrics(q[0] ?? 0)]])
      const base = addRow(output, named, measured.dropName[row] ?? false)
      const from = row * block.steps
      output.values.set(measured.values.subarray(from, from + block.steps), base)
      output.present.set(measured.present.subarray(from, from + block.steps), base)
    }
  }
  return output
}

export function* histogramFraction(
  query: Query,
  expr: CallExpr,
  block: Block,
  lower: Float64Array,
  upper: Float64Array,
): Generator<void, Block> {
  const measure: Measure = (buckets, step) => bucketFraction(lower[step] ?? 0, upper[step] ?? 0, buckets)
  return yield* measureHistograms(query, block, measure, expr.args[2])
}

function quantile(
  query: Query,
  q: number,
  buckets: Bucket[],
  { labels }: Histogram,
  at: Expr | undefined,
): number {
  const { value, forcedMonotonic } = bucketQuantile(q, buckets)
  if (forcedMonotonic && at) {
    query.annotations.inform(
      `input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)${forMetric(labels)}`,
      at,
    )
  }
  return value
}

function forMetric(labels: Labels): string {
  const name = labelValue(labels, METRIC_NAME)
  return name === '' ? '' : ` for metric name "${name}"`
}

function* measureHistograms(
  query: Query,
  block: Block,
  measure: Measure,
  at: Expr | undefined,
): Generator<void, Block> {
  const { steps } = block
  const histograms = yield* collectHistograms(query, block, at)
  const output = createBlock(steps, histograms.length)
  query.charge(histograms.length * steps)
  for (const histogram of histograms) {
    const base = addRow(output, histogram.labels, true)
    for (let step = 0; step < steps; step++) {
      if (query.due(32 + histogram.rows.length * 8)) yield
      const buckets: Bucket[] = []
      for (const { row, bound } of histogram.rows) {
        const cell = row * steps + step
        if (block.present[cell] === 1) buckets.push({ bound, count: block.values[cell] ?? 0 })
      }
      if (buckets.length > 0) setCell(output, base + step, measure(buckets, step, histogram))
    }
  }
  return output
}

const BOUND = ['le']

function* collectHistograms(query: Query, block: Block, at: Expr | undefined): Generator<void, Histogram[]> {
  const histograms = new Map<string, Histogram>()
  for (const [row, labels] of block.labels.entries()) {
    if (query.due(64)) yield
    const le = labelValue(labels, 'le')
    const bound = parseBound(le)
    if (bound === undefined) {
      if (at) {
        query.annotations.warn(
          `bucket label "le" is missing or has a malformed value of "${le}"${forMetric(labels)}`,
          at,
        )
      }
      continue
    }
    // With names still on, buckets of differently named metrics are different histograms.
    const key = labelsKey(omitLabels(labels, BOUND))
    let histogram = histograms.get(key)
    if (!histogram) {
      histogram = { labels: omitLabels(labels, BOUND), dropName: true, rows: [] }
      histograms.set(key, histogram)
    }
    histogram.rows.push({ row, bound })
  }
  return [...histograms.values()]
}

function parseBound(le: string): number | undefined {
  const sign = le.startsWith('-') ? -1 : 1
  const digits = le.replace(/^[+-]/, '')
  if (/^infinity$/i.test(digits)) return sign * Number.POSITIVE_INFINITY
  const value = parseNumber(digits)
  return value === undefined ? undefined : sign * value
}
