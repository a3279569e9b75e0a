// What happens when an application puts user ids into a label: a million series of one metric against a running
// collector and a real NATS, beside an application that behaves.
// Run: node services/collector/bench/explode-labels.ts [events|batches|remote-write] [series]
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { Bus } from '@tocsin/runtime'
import { type ServiceUnderTest, startNats, startService } from '@tocsin/testkit'
import { compress, encodeVersion1 } from '../test/encode-write.ts'
import { openBus } from '../test/open-bus.ts'
import { scrape } from '../test/read-exposition.ts'

const WAYS = ['events', 'batches', 'remote-write'] as const
type Way = (typeof WAYS)[number]

const [way = 'batches', count = '1000000'] = process.argv.slice(2)
const SERIES = Number(count)
/** As SDKs and Prometheus send them. */
const A_MESSAGE = 2000
/** Messages under way at once. */
const AT_ONCE = 200
const METRIC = 'clicks_total'

interface Target {
  readonly bus: Bus
  readonly collector: ServiceUnderTest
}

/** The largest that memory of the process has been, and what it is now. MiB. */
function memoryOf(pid: number): { readonly now: number; readonly most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024
  return { now: Math.round(field('VmRSS')), most: Math.round(field('VmHWM')) }
}

const user = (i: number) => `user-${i.toString(36).padStart(8, '0')}`

async function send({ bus, collector }: Target, by: Way, from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, i) => from + i)
  const subject = bus.subjects.metrics('explosive')
  if (by === 'events') {
    const event = (i: number) => ({ name: METRIC, type: 'counter', value: 1, labels: { user: user(i) } })
    await Promise.all(numbers.map((i) => bus.publish(subject, JSON.stringify(event(i)))))
    return
  }
  if (by === 'batches') {
    const batch = {
      ...{ v: 1, id: `explosion-${from}`, time: new Date().toISOString(), source: 'explosive' },
      metrics: [{ name: METRIC, type: 'counter' }],
      series: numbers.map((i) => [0, { user: user(i), service: 'explosive' }]),
      samples: numbers.map((_, place) => [place, 1]),
    }
    await bus.publish(subject, JSON.stringify(batch))
    return
  }
  const timeMs = Date.now()
  const series = numbers.map((i) => ({
    labels: [
      ['__name__', METRIC],
      ['service', 'explosive'],
      ['user', user(i)],
    ] as const,
    samples: [{ value: 1, timeMs }],
  }))
  const response = await fetch(`${collector.url}/api/v1/write?source=explosive`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: compress(encodeVersion1(series)),
  })
  // What is over the limit is refused, and told.
  if (response.status !== 204 && response.status !== 400)
    throw new Error(`remote write answers ${response.status}: ${await response.text()}`)
}

async function explode(target: Target, by: Way): Promise<void> {
  const size = by === 'events' ? 1000 : A_MESSAGE
  const atOnce = by === 'events' ? 2 : by === 'batches' ? AT_ONCE / 10 : 4
  let next = 0
  const sender = async () => {
    for (let from = next; from < SERIES; from = next) {
      next = from + size
      await send(target, by, from, Math.min(from + size, SERIES))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, sender))
}

/** Publishes the time every 100 ms as another application, and asks how old the newest is. */
function watchOther({ bus, collector }: Target) {
  const stopping = new AbortController()
  const ages: number[] = []
  const publish = async () => {
    while (!stopping.signal.aborted) {
      const beat = { name: 'beat', type: 'gauge', value: Date.now() }
      await bus.publish(bus.subjects.metrics('other'), JSON.stringify(beat))
      await delay(100)
    }
  }
  const ask = async () => {
    while (!stopping.signal.aborted) {
      const response = await fetch(`${collector.url}/api/v1/query?query=beat`)
      const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } }
      const value = data.result[0]?.value[1]
      if (value !== undefined) ages.push(Date.now() - Number(value))
      await delay(50)
    }
  }
  const watching = Promise.all([publish(), ask()])
  return {
    newest: () => ages.at(-1) ?? Number.POSITIVE_INFINITY,
    most: () => Math.max(...ages),
    async stop() {
      stopping.abort()
      await watching
    },
  }
}

if (!WAYS.includes(way as Way)) throw new Error(`${way} is none of ${WAYS.join(', ')}`)
const nats = await startNats()
const collector = await startService('collector', { NATS_URL: nats.url })
const bus = await openBus(nats.url)
const target = { bus, collector }
const other = watchOther(target)
await delay(2000)
console.log(`before: ${memoryOf(collector.pid).now} MiB, the other's newest is up to ${other.most()} ms old`)
const begun = performance.now()
await explode(target, way as Way)
const sent = performance.now()
while (other.newest() > 1000) await delay(100)
const read = performance.now()
const { now, most } = memoryOf(collector.pid)
console.log(
  `${SERIES} series by ${way}: sent in ${((sent - begun) / 1000).toFixed(1)} s, read ${((read - sent) / 1000).toFixed(1)} s later; ` +
    `${now} MiB now, ${most} MiB at most; the other's newest was up to ${other.most()} ms old`,
)
await other.stop()
const figures = await scrape(collector.url)
for (const name of [
  'tocsin_head_series',
  'tocsin_head_series_refused_total',
  'tocsin_head_bytes',
  'tocsin_metric_events_refused_total',
  'tocsin_dead_letters_total',
  'tocsin_remote_write_known_series',
])
  console.log(
    figures
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`))
      .join('\n'),
  )
for (const line of collector.logs.filter(({ level }) => level === 'warn')) console.log(JSON.stringify(line))
await bus.close()
await collector.stop()
await nats.stop()
