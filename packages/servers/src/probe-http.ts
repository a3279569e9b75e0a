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
  const response = await ask(url, timeoutMs)
  await response.body?.cancel()
}

/** As {@link probeHttp}, for a service: resolves with the reasons where it is ready, but says that it is degraded. */
export async function probeService(url: string, timeoutMs = 2000): Promise<string | undefined> {
  const { status, reasons } = await statedIn(await ask(url, timeoutMs))
  return status === 'degraded' ? reasons || 'it gives no reason' : undefined
}

async function ask(url: string, timeoutMs: number): Promise<Response> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(timeoutMs),
    headers: { connection: 'close' },
  })
  if (response.ok) return response
  const { status, reasons } = await statedIn(response)
  throw new HttpProbeError(reasons || `${url} answered ${response.status}`, status)
}

/** What a service says of itself: its status, and the reasons as one text. */
async function statedIn(response: Response): Promise<{ status: string | undefined; reasons: string }> {
  const body: unknown = await response.json().catch(() => undefined)
  const { status, reasons } = isObject(body) ? body : {}
  const given = Object.entries(isObject(reasons) ? reasons : {}).map(
    ([name, reason]) => `${name}: ${String(reason)}`,
  )
  return { status: typeof status === 'string' ? status : undefined, reasons: given.join('; ') }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
