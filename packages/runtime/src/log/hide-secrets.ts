const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'pass',
  'password',
  'token',
  'secret',
  'authorization',
  'creds',
  'apiKey',
  'cookie',
])
/** As deep as fields of a line are looked at. */
const LEVELS = 3
const CENSOR = '***'

/**
 * The fields of a log line, those that hold secrets by their name hidden, to three levels down. Only what holds one is
 * copied: pino's own redaction copies every line as often as it has paths, which costs more than all else about it.
 */
export function hideSecrets<T extends object>(fields: T): T {
  return hidden(fields, LEVELS) as T
}

function hidden(fields: object, levels: number): object {
  let copy: object | undefined
  for (const [name, value] of Object.entries(fields)) {
    const shown = shownOf(name, value, levels)
    if (shown === value) continue
    copy ??= Array.isArray(fields) ? [...fields] : { ...fields }
    Reflect.set(copy, name, shown)
  }
  return copy ?? fields
}

function shownOf(name: string, value: unknown, levels: number): unknown {
  if (SECRET_FIELDS.has(name)) return value === undefined ? value : CENSOR
  if (levels === 1 || typeof value !== 'object' || value === null) return value
  // Errors have a serialiser of their own, which comes here with what it makes of them.
  return value instanceof Error || ArrayBuffer.isView(value) ? value : hidden(value, levels - 1)
}
