/** Series of the chosen services and instances. */
export const chosen = 'service=~"$service", instance=~"$instance"'

/** A rate per second over Grafana's own window, which is never too short for the scrape interval. */
export const rate = (selector: string) => `rate(${selector}[$__rate_interval])`

/** A sum of rates. */
export const sumRate = (selector: string, by = '') => `sum${grouping(by)} (${rate(selector)})`

/**
 * The share that `part` is of `whole`, by the same labels; 0 where there was none of it,
 * nothing where there was no whole.
 */
export function share(part: string, whole: string, by = ''): string {
  return `(${sumRate(part, by)} or ${sumRate(whole, by)} * 0) / (${sumRate(whole, by)} > 0)`
}

/** A quantile of a histogram, by labels other than `le`. */
export function quantile(q: number, bucketSelector: string, by = ''): string {
  const labels = by === '' ? 'le' : `${by}, le`
  return `histogram_quantile(${q}, sum by (${labels}) (${rate(bucketSelector)}))`
}

const grouping = (by: string) => (by === '' ? '' : ` by (${by})`)
