/** Of each alert (its labels as text), the states that it went through, each once; `none` in between. */
export type States = Readonly<Record<string, readonly string[]>>

interface Matrix {
  readonly data: {
    readonly result: readonly {
      readonly metric: Record<string, string>
      readonly values: readonly (readonly [number, string])[]
    }[]
  }
}

/** Reads what the series `ALERTS` say, second by second, from anything with Prometheus' query API. */
export async function readStates(url: string, startS: number, endS: number): Promise<States> {
  const params = new URLSearchParams({ query: 'ALERTS', start: String(startS), end: String(endS), step: '1' })
  const response = await fetch(`${url}/api/v1/query_range?${params}`)
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  const { data } = (await response.json()) as Matrix
  const bySecond = new Map<string, Map<number, string>>()
  for (const { metric, values } of data.result) {
    const { __name__: _, alertstate = '', ...labels } = metric
    const key = JSON.stringify(Object.entries(labels).sort())
    const seconds = bySecond.get(key) ?? new Map<number, string>()
    bySecond.set(key, seconds)
    for (const [second] of values) seconds.set(second, later(seconds.get(second), alertstate))
  }
  const states = [...bySecond].map(([key, seconds]): [string, readonly string[]] => {
    const all = Array.from({ length: endS - startS + 1 }, (_, i) => seconds.get(startS + i) ?? 'none')
    return [key, all.filter((state, i) => state !== all[i - 1])]
  })
  return Object.fromEntries(states.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** At the second of a change both states may be there: the new one counts. */
function later(known: string | undefined, state: string): string {
  return known === 'firing' ? known : state
}
