/** What Grafana knows when it asks a query. */
export interface Moment {
  /** How long the time range of the dashboard is. */
  readonly rangeMs: number
  /** The step between two points. */
  readonly intervalMs: number
  /** How often the data source is scraped: its setting `timeInterval`. */
  readonly scrapeMs: number
  /** What variables of the dashboard stand for. */
  readonly values: Readonly<Record<string, string>>
}

/** Variables that nobody defines. */
export interface Filled {
  readonly expr: string
  readonly unknown: readonly string[]
}

const VARIABLE = /\$([a-zA-Z_]\w*)|\$\{([a-zA-Z_]\w*)(?::\w+)?\}|\[\[([a-zA-Z_]\w*)(?::\w+)?\]\]/g

/** Puts values in place of variables, as Grafana does: `$name`, `${name:format}` and `[[name]]`. */
export function fillVariables(text: string, moment: Moment): Filled {
  const known: Record<string, string> = { ...builtIn(moment), ...moment.values }
  const unknown: string[] = []
  const expr = text.replaceAll(VARIABLE, (whole, plain, braced, bracketed) => {
    const name: string = plain ?? braced ?? bracketed
    const value = known[name]
    if (value === undefined) unknown.push(name)
    return value ?? whole
  })
  return { expr, unknown }
}

/** `$__rate_interval` always holds at least four scrapes, so that a rate has two samples though one was missed. */
function builtIn({ rangeMs, intervalMs, scrapeMs }: Moment): Record<string, string> {
  const rateMs = Math.max(intervalMs + scrapeMs, 4 * scrapeMs)
  const seconds = (ms: number) => `${Math.max(1, Math.round(ms / 1000))}s`
  return {
    __interval: seconds(intervalMs),
    __interval_ms: String(Math.round(intervalMs)),
    __rate_interval: seconds(rateMs),
    __rate_interval_ms: String(Math.round(rateMs)),
    __range: seconds(rangeMs),
    __range_s: String(Math.round(rangeMs / 1000)),
    __range_ms: String(Math.round(rangeMs)),
  }
}

const NICE_MS = [
  1000, 2000, 5000, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_200_000,
  1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
]

/** The step that Grafana chooses: a round one, about a point a pixel, never shorter than a scrape. */
export function stepFor(rangeMs: number, points: number, scrapeMs: number): number {
  const exact = Math.max(rangeMs / points, scrapeMs)
  return NICE_MS.find((step) => step >= exact) ?? exact
}
