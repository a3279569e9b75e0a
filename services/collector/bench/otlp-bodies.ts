import type { OtlpRequest } from '../test/otlp/encode-otlp.ts'

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const whole = (key: string, intValue: number) => ({ key, value: { intValue } })
const pick = <T>(from: readonly T[], i: number): T => from[i % from.length] as T
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, 'a')

const ROUTES = Array.from({ length: 20 }, (_, i) => `/api/v1/resource${i}/:id`)
const TABLES = ['orders', 'items', 'users', 'sessions']

const resource = {
  attributes: [
    text('service.name', 'checkout'),
    text('service.namespace', 'production'),
    text('service.version', '2.14.0'),
    text('service.instance.id', 'f2b31a9e-93a4-4f7c-8e47-5f0c2f8a7b11'),
    text('deployment.environment.name', 'production'),
    text('host.name', 'ip-10-0-12-31.eu-west-1.compute.internal'),
    text('process.runtime.name', 'nodejs'),
    text('process.runtime.version', '24.21.0'),
    text('telemetry.sdk.language', 'nodejs'),
    text('telemetry.sdk.name', 'opentelemetry'),
    text('telemetry.sdk.version', '3.1.0'),
  ],
}

/** Spans as a service with HTTP and a database has them: of every five, one request and four queries. */
export function spansOf(count: number, round: number): OtlpRequest {
  const nowMs = Date.now()
  const spans = Array.from({ length: count }, (_, i) => {
    const n = round * count + i
    const ids = { traceId: hex(Math.floor(n / 5) + 1, 32), spanId: hex(n + 1, 16) }
    const begin = BigInt(nowMs - 3000) * 1_000_000n + BigInt((n * 7919) % 1_000_000)
    const times = {
      startTimeUnixNano: String(begin),
      endTimeUnixNano: String(begin + BigInt(((n * 104_729) % 90_000) * 1000)),
    }
    return n % 5 === 0
      ? { ...ids, ...times, flags: 0x101, ...requestSpan(n) }
      : { ...ids, ...times, flags: 0x101, parentSpanId: hex(n - (n % 5) + 1, 16), ...querySpan(n) }
  })
  return {
    resourceSpans: [
      { resource, scopeSpans: [{ scope: { name: 'instrumentation', version: '1.0' }, spans }] },
    ],
  }
}

function requestSpan(n: number): OtlpRequest {
  const route = pick(ROUTES, n)
  return {
    name: `GET ${route}`,
    kind: 2,
    status: n % 100 === 0 ? { code: 2, message: 'failed' } : {},
    attributes: [
      text('http.request.method', 'GET'),
      text('http.route', route),
      text('url.path', route.replace(':id', String(n))),
      text('url.scheme', 'https'),
      text('server.address', 'shop.example.com'),
      text('client.address', `10.1.${n % 250}.${n % 200}`),
      text(
        'user_agent.original',
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36',
      ),
      text('network.protocol.version', '1.1'),
      whole('http.response.status_code', n % 100 === 0 ? 500 : 200),
    ],
  }
}

function querySpan(n: number): OtlpRequest {
  const table = pick(TABLES, n)
  return {
    name: `SELECT ${table}`,
    kind: 3,
    attributes: [
      text('db.system.name', 'postgresql'),
      text('db.operation.name', 'SELECT'),
      text('db.collection.name', table),
      text('db.namespace', 'shop'),
      text('db.query.text', `SELECT id, name, total, created_at FROM ${table} WHERE id = $1 AND tenant = $2`),
      text('server.address', 'db.internal'),
      whole('server.port', 5432),
    ],
  }
}

/** Points as an SDK exports them: counters, gauges and histograms of 15 bounds, a third each. */
export function pointsOf(count: number, round: number, temporality: number): OtlpRequest {
  const time = `${Date.now() - 1000 + round}000000`
  const each = Math.floor(count / 3)
  const head = (i: number) => ({
    startTimeUnixNano: `${Date.now() - 600_000}000000`,
    timeUnixNano: time,
    attributes: [
      text('http.request.method', pick(['GET', 'POST', 'PUT'], i)),
      text('http.route', `/api/v1/resource${i}/:id`),
      whole('http.response.status_code', pick([200, 201, 404, 500], i)),
      text('server.address', 'shop.example.com'),
    ],
  })
  const points = (fields: (i: number) => object) =>
    Array.from({ length: each }, (_, i) => ({ ...head(i), ...fields(i) }))
  const explicitBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30]
  const metrics = [
    {
      name: 'http.server.requests',
      description: 'Requests.',
      sum: {
        aggregationTemporality: temporality,
        isMonotonic: true,
        dataPoints: points((i) => ({ asInt: i * 17 + round })),
      },
    },
    {
      name: 'http.server.open',
      description: 'Open requests.',
      gauge: { dataPoints: points((i) => ({ asDouble: i * 0.7 + round })) },
    },
    {
      name: 'http.server.request.duration',
      unit: 's',
      description: 'Duration of requests.',
      histogram: {
        aggregationTemporality: temporality,
        dataPoints: points((i) => ({
          count: 16 * (i + round),
          sum: i * 1.5 + round,
          explicitBounds,
          bucketCounts: explicitBounds.concat(60).map(() => i + round),
        })),
      },
    },
  ]
  return { resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: 'http' }, metrics }] }] }
}
