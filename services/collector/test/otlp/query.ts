import { waitFor } from '@tocsin/testkit'

interface Result {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

/** Asks the query API of the collector at `url`. */
export async function query(url: string, expr: string): Promise<readonly Result[]> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expr })}`)
  const { data } = (await response.json()) as { data: { result: Result[] } }
  return data.result
}

/** The values that a query has, once it has so many. */
export function valuesOf(url: string, expr: string, count = 1): Promise<readonly string[]> {
  return waitFor(
    async () => {
      const result = await query(url, expr)
      return result.length === count && result.map(({ value }) => value[1])
    },
    { what: `${count} results of ${expr}` },
  )
}

/** Waits until a query has this one value. */
export function untilValue(url: string, expr: string, value: number): Promise<boolean> {
  return waitFor(
    async () => {
      const found = (await query(url, expr)).map((result) => result.value[1])
      if (found.length === 1 && found[0] === String(value)) return true
      throw new Error(`it is ${JSON.stringify(found)}`)
    },
    { what: `${expr} to be ${value}` },
  )
}
