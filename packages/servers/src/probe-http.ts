/** Resolves when a GET of `url` answers 2xx within `timeoutMs`; throws otherwise. */
export async function probeHttp(url: string, timeoutMs = 2000): Promise<void> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(timeoutMs),
    headers: { connection: 'close' },
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
}
