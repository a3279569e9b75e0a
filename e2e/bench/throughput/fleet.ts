/** Counters of many instances: the same series and values for every receiver. */
export interface Fleet {
  readonly series: number
  /** Instances that publish by themselves, with the series from `first` to `first + size`. */
  readonly sources: readonly { readonly name: string; readonly first: number; readonly size: number }[]
  /** Its metric and labels. */
  nameOf(i: number): string
  labelsOf(i: number): Readonly<Record<string, string>>
  /** In the text format, `name{…}`. */
  textOf(i: number): string
  value(cycle: number, i: number): number
}

const METRICS = 20
const SOURCES = 20
const NAMES = Array.from({ length: METRICS }, (_, i) => `bench_requests_${i}_total`)

/** `series` is a multiple of 400. */
export function createFleet(series: number): Fleet {
  const size = series / SOURCES
  const labels = Array.from({ length: series }, (_, i) => ({
    instance: `10.0.0.${Math.floor(i / size)}:9100`,
    method: i % 2 ? 'GET' : 'POST',
    route: `/products/${i % 200}`,
    service: `shop-${Math.floor(i / size)}`,
    status_code: '200',
    worker: String(i),
  }))
  const nameOf = (i: number) => NAMES[i % METRICS] ?? ''
  const texts = labels.map(
    (own, i) =>
      `${nameOf(i)}{${Object.entries(own)
        .map(([name, value]) => `${name}="${value}"`)
        .join(',')}}`,
  )
  return {
    series,
    sources: Array.from({ length: SOURCES }, (_, s) => ({ name: `shop-${s}`, first: s * size, size })),
    nameOf,
    labelsOf: (i) => labels[i] ?? {},
    textOf: (i) => texts[i] ?? '',
    value: (cycle, i) => cycle * 17 + (i % 900) + (i % 10 === 0 ? 0.25 : 0),
  }
}

export const METRIC_NAMES: readonly string[] = NAMES
