export interface ShopEnvironment {
  readonly shopPort: number
  /** Where the alert-evaluator answers. */
  readonly evaluatorUrl: string
}

/** The environment of shop and demo. Throws one error that names every variable that cannot be read. */
export function readEnv(env: NodeJS.ProcessEnv = process.env): ShopEnvironment {
  const faults: string[] = []
  const port = (name: string, fallback: number): number => {
    const text = env[name]
    if (text === undefined || text === '') return fallback
    const value = Number(text)
    if (!Number.isInteger(value) || value < 0 || value > 65_535)
      faults.push(`${name} is a port from 0 to 65535, not '${text}'`)
    return value
  }
  const url = env['ALERT_EVALUATOR_URL'] || `http://localhost:${port('ALERT_EVALUATOR_PORT', 3003)}`
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    faults.push(`ALERT_EVALUATOR_URL is an http or https URL, not '${url}'`)
  const read = { shopPort: port('SHOP_PORT', 3100), evaluatorUrl: url.replace(/\/+$/, '') }
  if (faults.length > 0) throw new RangeError(faults.join('\n'))
  return read
}

/** What a child process gets. */
export const inheritedEnv = (): NodeJS.ProcessEnv => ({ ...process.env })
