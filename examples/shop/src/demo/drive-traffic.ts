/** What happened since the last look. */
export interface TrafficCounts {
  readonly requests: number
  /** Answers of 500 and above, and requests without an answer. */
  readonly errors: number
  readonly p95Ms: number
}

export interface Traffic {
  /** Counts since the start, the 95th percentile over the last requests. */
  counts(): TrafficCounts
  stop(): Promise<void>
}

const TICK_MS = 20
const MAX_UNDER_WAY = 200
const TIMEOUT_MS = 5000
const REMEMBERED = 500

interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
}
type Send = (call: Call) => Promise<Record<string, unknown>>

const pick = (most: number): number => 1 + Math.floor(Math.random() * most)

// What visitors of a shop do, each with its weight. Product 99 and /offers do not exist, as happens.
const visits: readonly (readonly [weight: number, visit: (send: Send) => Promise<unknown>])[] = [
  [50, (send) => send({ method: 'GET', path: '/products' })],
  [30, (send) => send({ method: 'GET', path: `/products/${pick(8)}` })],
  [2, (send) => send({ method: 'GET', path: '/products/99' })],
  [1, (send) => send({ method: 'GET', path: '/offers' })],
  [6, buy],
]

const deck = visits.flatMap(([weight, visit]) => Array.from({ length: weight }, () => visit))

async function buy(send: Send): Promise<void> {
  const { id: cart } = await send({ method: 'POST', path: '/carts' })
  for (let i = pick(3); i > 0; i--)
    await send({
      method: 'POST',
      path: `/carts/${cart}/items`,
      body: { product: pick(8), quantity: pick(2) },
    })
  const { id: order } = await send({ method: 'POST', path: '/orders', body: { cart } })
  if (order !== undefined) await send({ method: 'GET', path: `/orders/${order}` })
}

/** Visits a shop again and again, so that it gets about `rate` requests per second. */
export function driveTraffic(url: string, rate: number): Traffic {
  const underWay = new Set<Promise<unknown>>()
  const durations: number[] = []
  let requests = 0
  let errors = 0
  let owed = 0
  let last = performance.now()

  const send: Send = async ({ method, path, body }) => {
    const started = performance.now()
    requests++
    owed--
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { 'content-type': 'application/json', 'x-user': `visitor-${pick(40)}` },
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      if (response.status >= 500) errors++
      return Object(await response.json().catch(() => ({})))
    } catch {
      errors++
      return {}
    } finally {
      durations.push(performance.now() - started)
      if (durations.length > REMEMBERED) durations.shift()
    }
  }

  function visit(): void {
    const chosen = deck[Math.floor(Math.random() * deck.length)]
    if (!chosen) return
    const visiting = chosen(send).finally(() => underWay.delete(visiting))
    underWay.add(visiting)
  }

  const timer = setInterval(() => {
    const now = performance.now()
    // What a shop that answers slowly missed is not made up for.
    owed = Math.min(owed + ((now - last) * rate) / 1000, rate)
    last = now
    while (owed >= 1 && underWay.size < MAX_UNDER_WAY) visit()
  }, TICK_MS)

  return {
    counts() {
      const sorted = durations.toSorted((a, b) => a - b)
      return { requests, errors, p95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? 0 }
    },
    async stop() {
      clearInterval(timer)
      await Promise.allSettled(underWay)
    },
  }
}
