/** The text of `/metrics`, in the format that the client asks for. */
export async function scrape(url: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await fetch(`${url}/metrics`, { headers })
  if (!response.ok) throw new Error(`/metrics answers ${response.status}: ${await response.text()}`)
  return await response.text()
}

/** Whose the collector's own series are: its port is another in every test. */
function withoutIdentity(line: string): string {
  if (!line.includes('service="collector"')) return line
  return line
    .replace(/(instance="[^"]*"|service="collector"),?/g, '')
    .replace(/,?\}/, '}')
    .replace('{}', '')
}

/**
 * The value of one series, written as in the text format, of the collector's own without its identity; undefined when
 * it is not there.
 */
export function readValue(exposition: string, series: string): number | undefined {
  const line = exposition
    .split('\n')
    .map(withoutIdentity)
    .find((one) => one.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1).replace('Inf', 'Infinity'))
}
