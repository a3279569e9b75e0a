import { createMonitoring } from '@tocsin/sdk'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { compare, introduce } from './paired.ts'

// What it costs to record something, beside prom-client alone: node packages/sdk/bench/record.ts

const LABELS = ['method', 'route', 'status_code'] as const
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const request = { method: 'GET', route: '/users/:id', status_code: '200' }
const counter = { name: 'bench_total', help: 'h', labelNames: LABELS }
const gauge = { name: 'bench_level', help: 'h', labelNames: LABELS }
const histogram = { name: 'bench_seconds', help: 'h', labelNames: LABELS, buckets: BUCKETS }

// Ours runs as in an application that has lost its NATS: nobody listens at this address.
const monitoring = createMonitoring({ nats: { servers: 'nats://127.0.0.1:1' }, onWarning: () => {} })
await monitoring.start()
const registers = [new Registry()]
const theirs = {
  counter: new Counter({ ...counter, registers }),
  gauge: new Gauge({ ...gauge, registers }),
  histogram: new Histogram({ ...histogram, registers }),
}
const ours = {
  counter: monitoring.metrics.counter(counter),
  gauge: monitoring.metrics.gauge(gauge),
  histogram: monitoring.metrics.histogram(histogram),
}
const names = ['prom-client', 'sdk'] as const
let level = 0

introduce('Recording, with three labels')
await compare(
  'recordHttpRequest(): a counter and a histogram',
  names,
  () => {
    theirs.counter.inc(request)
    theirs.histogram.observe(request, 0.012)
  },
  () => monitoring.recordHttpRequest('GET', '/users/:id', 200, 12),
)
for (const [what, use] of [
  ['counter.inc(labels)', (of) => of.counter.inc(request)],
  ['gauge.set(labels, value)', (of) => of.gauge.set(request, level++)],
  ['histogram.observe(labels, value)', (of) => of.histogram.observe(request, 0.012)],
] as [string, (of: typeof theirs) => void][])
  await compare(
    what,
    names,
    () => use(theirs),
    () => use(ours),
  )

const [theirCounter, ourCounter] = [theirs, ours].map((of) => of.counter.labels(request)) as [
  Counter,
  Counter,
]
await compare(
  'a bound child of a counter: inc()',
  names,
  () => theirCounter.inc(),
  () => ourCounter.inc(),
)
const [theirHistogram, ourHistogram] = [theirs, ours].map((of) => of.histogram.labels(request))
await compare(
  'a bound child of a histogram: observe(value)',
  names,
  () => theirHistogram?.observe(0.012),
  () => ourHistogram?.observe(0.012),
)
await monitoring.shutdown()
