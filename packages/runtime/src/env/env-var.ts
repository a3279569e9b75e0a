import { z } from 'zod'

/** Reads a text, or says what was expected. */
function reading<T>(expected: string, read: (text: string) => T | undefined) {
  return z.string().transform((text, ctx): T => {
    const value = read(text)
    if (value !== undefined) return value
    ctx.issues.push({ code: 'custom', message: expected, input: text })
    return z.NEVER
  })
}

function integerIn(text: string, least: number, most: number): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined
  const value = Number(text)
  return value >= least && value <= most ? value : undefined
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

function milliseconds(text: string): number | undefined {
  const [, digits, unit = 'ms'] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text) ?? []
  const factor = units[unit]
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor
}

function urlOf(text: string, protocols: readonly string[]): string | undefined {
  const url = URL.parse(text)
  return url && protocols.includes(url.protocol.slice(0, -1)) ? text : undefined
}

/** Schemas of environment variables. Each says what it expects; add `.default(…)` or `.optional()`. Never default a secret. */
export const envVar = {
  text: z.string(),
  /** Text that is never shown. */
  secret: z.string(),
  path: z.string(),
  /** 0 lets the system choose a free one. */
  port: reading('a port, 0 to 65535', (text) => integerIn(text, 0, 65_535)),
  boolean: reading("'true', 'false', '1' or '0'", (text) => {
    const lower = text.toLowerCase()
    if (lower === 'true' || lower === '1') return true
    return lower === 'false' || lower === '0' ? false : undefined
  }),
  number: reading('a number', (text) => (Number.isFinite(Number(text)) ? Number(text) : undefined)),
  integer: (least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER) =>
    reading(`a whole number from ${least} to ${most}`, (text) => integerIn(text, least, most)),
  /** Texts between commas, trimmed; empty ones are dropped. */
  list: z.string().transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  ),
  /** In milliseconds: a plain number, or one with ms, s, m, h or d. */
  duration: reading("a duration such as '500ms', '10s', '5m' or milliseconds", milliseconds),
  /** A duration that something repeats after, or may take: never nothing. */
  period: reading("a duration above 0 such as '500ms', '10s', '5m' or milliseconds", (text) => {
    const value = milliseconds(text)
    return value !== undefined && value >= 1 ? value : undefined
  }),
  url: (...protocols: string[]) => {
    const allowed = protocols.length > 0 ? protocols : ['http', 'https']
    return reading(`a URL that begins with ${allowed.map((p) => `${p}://`).join(' or ')}`, (text) =>
      urlOf(text, allowed),
    )
  },
  /** A JSON object whose values are texts, such as HTTP headers. */
  jsonTexts: reading('a JSON object with text values, such as {"X-Key": "value"}', (text) => {
    try {
      return z.record(z.string(), z.string()).safeParse(JSON.parse(text)).data
    } catch {
      return undefined
    }
  }),
} as const
