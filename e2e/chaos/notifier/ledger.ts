import type { HttpSink, ReceivedRequest } from '@tocsin/testkit'

/** One attempt that reached the receiver. */
export interface Arrival {
  /** Names the notification, the same for every attempt. */
  readonly key: string
  readonly groupKey: string
  /** What it tells, such as `firing C7`, `resolved C7`, `message m3`. */
  readonly tokens: readonly string[]
  readonly isDigest: boolean
  readonly atMs: number
  readonly status: number
}

/** What a receiver was sent, and what it answered. */
export interface Ledger {
  readonly arrivals: readonly Arrival[]
  /** Whether an accepted attempt told this. */
  hasTold(token: string): boolean
}

interface Payload {
  readonly kind?: string
  readonly title?: string
  readonly groupKey?: string
  readonly alerts?: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[]
  readonly entries?: readonly {
    readonly status: string
    readonly title: string
    readonly labels: Readonly<Record<string, string>>
  }[]
}

/** Answers a sink's requests by `statusOf`, and writes each down. */
export function keepLedger(sink: HttpSink, statusOf: (arrival: Omit<Arrival, 'status'>) => number): Ledger {
  const arrivals: Arrival[] = []
  const told = new Set<string>()
  sink.answerWith((request) => {
    const read = readArrival(request)
    const arrival = { ...read, status: statusOf(read) }
    arrivals.push(arrival)
    if (arrival.status === 200) for (const token of arrival.tokens) told.add(token)
    return { status: arrival.status }
  })
  return { arrivals, hasTold: (token) => told.has(token) }
}

function readArrival(request: ReceivedRequest): Omit<Arrival, 'status'> {
  const payload = JSON.parse(request.body) as Payload
  return {
    key: request.headers['idempotency-key'] ?? '',
    groupKey: payload.groupKey ?? payload.kind ?? '',
    tokens: tokensOf(payload),
    isDigest: payload.kind === 'digest',
    atMs: request.receivedAt,
  }
}

function tokensOf({ kind, title, alerts = [], entries = [] }: Payload): string[] {
  if (kind === 'message') return [`message ${title}`]
  if (kind === 'digest')
    return entries.map((entry) =>
      entry.status === 'message' ? `message ${entry.title}` : `${entry.status} ${entry.labels['n']}`,
    )
  return alerts.map(({ status, labels }) => `${status} ${labels['n']}`)
}
