import { remoteWrite } from '@tocsin/testkit'

/** How a series came to its present value: `at` answers it, so many seconds before. */
interface Past {
  readonly selector: string
  at(value: number, secondsAgo: number): number
}

const STEP_S = 15
// What remote write takes goes back half an hour.
const LENGTH_S = 28 * 60
const wave = (seconds: number) => Math.sin(seconds / 70)

const pasts: readonly Past[] = [
  { selector: 'node_filesystem_size_bytes', at: (value) => value },
  {
    selector: 'node_filesystem_avail_bytes',
    at: (value, ago) => value * (1 + ago / 60_000 + 0.0004 * wave(ago)),
  },
  { selector: 'node_memory_MemTotal_bytes', at: (value) => value },
  { selector: 'node_memory_MemAvailable_bytes', at: (value, ago) => value * (1 + 0.02 * wave(ago)) },
  // Counters: a core is busy for a third of the time, more or less.
  { selector: 'node_cpu_seconds_total{mode="idle"}', at: (value, ago) => value - ago * 0.6 },
  {
    selector: 'node_cpu_seconds_total{mode="user"}',
    at: (value, ago) => value - ago * 0.35 - 4 * (1 + wave(ago)),
  },
  { selector: 'db_pool_max_connections', at: (value) => value },
  {
    selector: 'db_pool_connections{state="active"}',
    at: (value, ago) => Math.max(0, Math.round(value - ago / 700 + wave(ago))),
  },
  { selector: 'api_rate_limit_max_requests', at: (value) => value },
  // More and more is used: at this pace the limit is reached soon.
  { selector: 'api_rate_limit_remaining_requests', at: (value, ago) => value + ago / 9 + 10 * wave(ago) },
]

interface Vector {
  readonly data: {
    readonly result: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[]
  }
}

/**
 * Gives what capacity forecasts a past of half an hour, by remote write, as a Prometheus that was there before would:
 * a forecast needs ten minutes, and a test has not got them. Every series ends in the value that it has.
 */
export async function writePast(collectorUrl: string): Promise<void> {
  const now = Date.now()
  for (const { selector, at } of pasts) {
    const response = await fetch(`${collectorUrl}/api/v1/query?query=${encodeURIComponent(selector)}`)
    const { data } = (await response.json()) as Vector
    const steps = Array.from({ length: LENGTH_S / STEP_S }, (_, index) => LENGTH_S - index * STEP_S)
    const series = data.result.map(({ metric, value }) => ({
      labels: metric,
      timestamps: steps.map((ago) => now - ago * 1000),
      values: Float64Array.from(steps, (ago) => at(Number(value[1]), ago)),
    }))
    if (series.length === 0) throw new Error(`nothing has been measured of ${selector} yet`)
    await remoteWrite(collectorUrl, series)
  }
}
