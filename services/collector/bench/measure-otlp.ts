// How many spans and data points of OTLP one core takes: bodies read and written as messages for METRICS. NATS itself is
// left out. Beside it, in the same run, what only decoding them takes with protobufjs and JSON.parse.
// Run: node services/collector/bench/measure-otlp.ts [per request]

import { createLog, createMetrics, createThrottle, systemClock } from '@tocsin/runtime'
import type { Encoding } from '../src/otlp/decode/open-body.ts'
import { createMetricTranslator } from '../src/otlp/metrics/metric-translator.ts'
import type { Translator } from '../src/otlp/signal.ts'
import { createTraceTranslator } from '../src/otlp/traces/trace-translator.ts'
import {
  decodeRequest,
  encodeJson,
  encodeProtobuf,
  type MessageName,
  type OtlpRequest,
} from '../test/otlp/encode-otlp.ts'
import { pointsOf, spansOf } from './otlp-bodies.ts'

const A_REQUEST = Number(process.argv[2] ?? 512)
const REQUESTS = 20
const ROUNDS = 5
const ROUND_MS = 700

const shared = {
  metrics: createMetrics('collector', '0'),
  log: createLog({ service: 'collector', version: '0', level: 'silent' }),
  throttle: createThrottle(systemClock),
}
const traces = createTraceTranslator({
  ...shared,
  dimensions: [],
  maxSeries: 1000,
  builtIn: 'on',
  eventsPerSecond: 50,
  head: () => undefined,
})
const metrics = createMetricTranslator({
  ...shared,
  resourceLabels: [],
  scopeLabels: false,
  typeOf: () => undefined,
})

let ids = 0
/** Characters of messages for METRICS. */
let written = 0
function translate(translator: Translator, body: Buffer, encoding: Encoding): void {
  const request = { id: `bench-${ids++}`, nowMs: Date.now(), maxLength: 256 * 1024, onMessage() {} }
  const steps = translator.translate(body, encoding, request)
  for (;;) {
    const { done, value } = steps.next()
    if (!done) continue
    for (const { messages } of value.batches) for (const { json } of messages) written += json.length
    return
  }
}

interface Case {
  readonly title: string
  readonly what: string
  readonly bodies: readonly Buffer[]
  readonly each: number
  readonly work: (body: Buffer) => void
}

function casesOf(
  title: string,
  what: string,
  name: MessageName,
  translator: Translator,
  requests: readonly OtlpRequest[],
): Case[] {
  const each = Math.floor(A_REQUEST / 3) * (name === 'MetricsRequest' ? 3 : 0) || A_REQUEST
  const protobuf = requests.map((request) => encodeProtobuf(name, request))
  const json = requests.map(encodeJson)
  return [
    {
      title: `${title}, protobuf`,
      what,
      each,
      bodies: protobuf,
      work: (body) => translate(translator, body, 'protobuf'),
    },
    {
      title: `${title}, only decoded by protobufjs`,
      what,
      each,
      bodies: protobuf,
      work: (body) => decodeRequest(name, body),
    },
    {
      title: `${title}, JSON`,
      what,
      each,
      bodies: json,
      work: (body) => translate(translator, body, 'json'),
    },
    {
      title: `${title}, only decoded by JSON.parse`,
      what,
      each,
      bodies: json,
      work: (body) => JSON.parse(body.toString()),
    },
  ]
}

interface Measured {
  /** CPU, in microseconds. */
  readonly micros: number
  readonly written: number
}

/** Of each span or point. */
function measure({ bodies, each, work }: Case): Measured {
  const begun = process.cpuUsage()
  const until = performance.now() + ROUND_MS
  let requests = 0
  written = 0
  while (performance.now() < until) work(bodies[requests++ % bodies.length] as Buffer)
  const { user, system } = process.cpuUsage(begun)
  const count = requests * each
  return { micros: (user + system) / count, written: written / count }
}

const rounds = <T>(make: (round: number) => T) => Array.from({ length: REQUESTS }, (_, round) => make(round))
const groups = [
  casesOf(
    'spans',
    'spans',
    'TraceRequest',
    traces,
    rounds((round) => spansOf(A_REQUEST, round)),
  ),
  casesOf(
    'cumulative points',
    'points',
    'MetricsRequest',
    metrics,
    rounds((round) => pointsOf(A_REQUEST, round, 2)),
  ),
  casesOf(
    'delta points',
    'points',
    'MetricsRequest',
    metrics,
    rounds((round) => pointsOf(A_REQUEST, round, 1)),
  ),
]
for (const cases of groups) {
  // In turn, so that what else runs on the machine meets all of them alike.
  const best: Measured[] = cases.map(() => ({ micros: Number.POSITIVE_INFINITY, written: 0 }))
  for (let round = 0; round <= ROUNDS; round++)
    for (const [i, one] of cases.entries()) {
      const measured = measure(one)
      if (round > 0 && measured.micros < (best[i]?.micros ?? 0)) best[i] = measured
    }
  for (const [i, { title, what, bodies, each }] of cases.entries()) {
    const { micros = 0, written: length = 0 } = best[i] ?? {}
    const size = bodies.reduce((sum, { length }) => sum + length, 0) / bodies.length / each
    console.log(
      `${title}: ${Math.round(1000 / micros).toLocaleString()} thousand ${what}/s, ${micros.toFixed(2)} µs of CPU, ` +
        `${size.toFixed(0)} bytes in and ${length.toFixed(0)} out each`,
    )
  }
}
