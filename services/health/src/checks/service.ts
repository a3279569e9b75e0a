import type { Check } from '../check.ts'

/** Another service of this system says that it is ready; what it says is amiss, and leaves it ready, degrades it. */
export function serviceCheck(name: string, url: string, critical: boolean): Check {
  return {
    name,
    type: 'service',
    critical,
    async run(signal) {
      const response = await fetch(new URL('/health/ready', url), { signal }).catch((cause: unknown) => {
        throw new Error(`${name} does not answer at ${url}: is it running?`, { cause })
      })
      const body: unknown = await response.json().catch(() => undefined)
      const reasons = reasonsOf(body)
      if (response.ok && statusOf(body) === 'degraded')
        return { status: 'degraded', message: `${name} is degraded${reasons ? `: ${reasons}` : ''}` }
      if (response.ok) return { status: 'healthy', message: `${name} is ready` }
      return {
        status: 'unhealthy',
        message: `${name} is not ready (HTTP ${response.status})${reasons ? `: ${reasons}` : ''}`,
        details: { url, httpStatus: response.status },
      }
    },
  }
}

function statusOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'status' in body ? body.status : undefined
}

function reasonsOf(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('reasons' in body)) return ''
  return Object.entries(body.reasons ?? {})
    .map(([name, reason]) => `${name}: ${String(reason)}`)
    .join('; ')
}
