/** An answer that is not 2xx. */
export class HttpProbeError extends Error {
  override readonly name = 'HttpProbeError'
  /** The `status` that one of Tocsin's services gave for itself, such as `starting` or `not_ready`. */
  readonly stated: string | undefined

  constructor(message: string, stated?: string) {
    super(message)
    this.stated = stated
  }
}

/** Resolves when a GET of `url` answers 2xx within `timeoutMs`; throws otherwise, with the reasons that were given. */
export async function probeHttp(url: string, timeoutMs = 2000): Promise<void> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(timeoutMs),
    headers: { connection: 'close' },
  })
  if (response.ok) return void (await response.body?.cancel())
  const body: unknown = await response.json().catch(() => undefined)
  const { status, reasons } = isObject(body) ? body : {}
  const given = Object.entries(isObject(reasons) ? reasons : {}).map(
    ([name, reason]) => `${name}: ${String(reason)}`,
  )
  throw new HttpProbeError(
    given.length > 0 ? given.join('; ') : `${url} answered ${response.status}`,
    typeof status === 'string' ? status : undefined,
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
