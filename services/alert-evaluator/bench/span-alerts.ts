// From a span that asks for an alert to the alert, beside a metric event and an ordinary rule, in turns, on one machine:
// `node services/alert-evaluator/bench/span-alerts.ts [rounds]`. Each is timed from before the request to when the
// ALERTS stream gives the alert to this process.

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { type AlertEvent, createSubjects } from '@tocsin/contract'
import { startNats, startService } from '@tocsin/testkit'

const rounds = Number(process.argv[2] ?? 200)
const subjects = createSubjects()
const folder = await mkdtemp(join(tmpdir(), 'tocsin-bench-'))
await writeFile(
  join(folder, 'rules.yml'),
  'groups: [{ name: g, rules: [{ alert: Level, expr: level > 100 }] }]',
)
const nats = await startNats()
const collector = await startService('collector', { NATS_URL: nats.url, SPAN_EVENTS_PER_SECOND: '1000' })
const evaluator = await startService('alert-evaluator', {
  NATS_URL: nats.url,
  ALERT_RULES_PATH: folder,
  ALERT_RULE_PACKS: 'none',
})
const nc = await connect({ servers: nats.url })
const js = jetstream(nc)
const waiting = new Map<string, () => void>()
nc.subscribe(subjects.allAlerts, {
  callback(_error, message) {
    const { labels, state }: AlertEvent = message.json()
    if (state === 'firing') waiting.get(labels['span_name'] ?? labels['n'] ?? '')?.()
  },
})

/** Milliseconds until the alert of this name fires. */
async function time(name: string, cause: () => Promise<unknown>): Promise<number> {
  const fired = new Promise<void>((resolve) => waiting.set(name, resolve))
  const begun = performance.now()
  await Promise.all([cause(), fired])
  waiting.delete(name)
  return performance.now() - begun
}

async function sendSpan(service: string, name: string): Promise<void> {
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } })
  const span = {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name,
    kind: 2,
    startTimeUnixNano: `${Date.now()}000000`,
    endTimeUnixNano: `${Date.now()}000000`,
    attributes: [text('alert.severity', 'critical')],
    status: { code: 2, message: 'failed' },
  }
  const resource = { attributes: [text('service.name', service)] }
  await fetch(`http://127.0.0.1:${collector.ports['OTLP_PORT']}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
  })
}

const sendLevel = (n: string) =>
  js.publish(
    subjects.metrics('bench'),
    JSON.stringify({ name: 'level', type: 'gauge', value: 150, labels: { n } }),
  )

const times = { level: [] as number[], first: [] as number[], later: [] as number[] }
for (let i = 0; i < rounds; i++) {
  const service = `service-${i}`
  times.level.push(await time(`level-${i}`, () => sendLevel(`level-${i}`)))
  times.first.push(await time(`first-${i}`, () => sendSpan(service, `first-${i}`)))
  times.later.push(await time(`later-${i}`, () => sendSpan(service, `later-${i}`)))
}

const at = (values: readonly number[], quantile: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * quantile))] ?? 0
const row = (what: string, values: readonly number[]) =>
  `${what.padEnd(46)} p50 ${at(values, 0.5).toFixed(1).padStart(7)} ms   p99 ${at(values, 0.99).toFixed(1).padStart(7)} ms` +
  `   ${(at(values, 0.5) / at(times.level, 0.5)).toFixed(1)} times an event`
console.log(row('a metric event, an ordinary rule', times.level))
console.log(row('a span, the first of its service', times.first))
console.log(row('a span, of a service that had one', times.later))

await nc.close()
await evaluator.stop()
await collector.stop()
await nats.stop()
await rm(folder, { recursive: true, force: true })
