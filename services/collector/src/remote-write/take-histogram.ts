import { classicBounds } from '../intake/exponential-buckets.ts'
import { toClassicHistogram } from './classic-histogram.ts'
import type { NativeHistogram } from './native-histogram.ts'
import type { Received } from './received.ts'
import type { KnownSeries, SeriesBook } from './series-book.ts'
import { describeTime } from './time-window.ts'

/** Takes a native histogram of a series as classic buckets, or refuses it. */
export function takeHistogram(
  histogram: NativeHistogram,
  of: KnownSeries,
  book: SeriesBook,
  into: Received,
): void {
  const { refusals, window } = into
  const { timeMs, createdMs, sum } = histogram
  const detail = (what: string) => () => `${of.name}${of.labels}: ${what}`
  if (of.refusal) {
    const { reason, detail: own } = of.refusal
    refusals.add(reason, 1, () => own)
    return
  }
  if (timeMs < window.leastMs || timeMs > window.mostMs) {
    const reason = timeMs < window.leastMs ? 'too_old' : 'too_far_in_future'
    refusals.add(reason, 1, detail(describeTime(timeMs, window)))
    return
  }
  if ('le' in JSON.parse(of.labels)) {
    refusals.add('reserved_label', 1, detail('the label le belongs to the buckets of a histogram: rename it'))
    return
  }
  if (histogram.isStale) {
    const { series } = of.histogram ?? book.histogram(of, classicBounds(of.name))
    into.histograms.push({ series, counts: undefined, sum: 0, oddSum: undefined, timeMs, createdMs: 0 })
    return
  }
  const classic = toClassicHistogram(of.name, histogram)
  if (classic.fault !== undefined) {
    refusals.add('invalid_histogram', 1, detail(classic.fault))
    return
  }
  const parts = book.histogram(of, classic.bounds)
  const oddSum = Number.isFinite(sum) ? undefined : parts.sum
  into.histograms.push({ series: parts.series, counts: classic.counts, sum, oddSum, timeMs, createdMs })
}
