import { Counter, Registry } from 'prom-client'
import { createSeriesBook } from '../src/publish/series-book.ts'
import { watchRegistry } from '../src/publish/watch-registry.ts'
import { trackCounter } from '../src/series/track-counter.ts'
import { compare, introduce } from './paired.ts'

// What a batch costs to make when few of many series changed: node packages/sdk/bench/publish.ts

const CHANGED = 0.01

/** A registry with one counter, and what writes a batch of what changed in it. */
function setUp(series: number, followed: boolean) {
  const registry = new Registry()
  const watch = watchRegistry(registry, () => {})
  const config = { name: 'bench_total', help: 'h', labelNames: ['route', 'status'] as const }
  const counter = new Counter({ ...config, registers: [registry] })
  const touch = () => {}
  const tracing = { active: undefined }
  if (followed) trackCounter(counter, { touch, maxSeries: series, refuse: touch, now: Date.now, tracing })
  const children = Array.from({ length: series }, (_, i) => counter.labels(`/r${i}`, '200'))
  for (const child of children) child.inc()
  let id = 0
  const book = createSeriesBook({
    admission: { warn: touch, refuse: touch },
    labels: { service: 'shop', instance: 'shop-1:1' },
    source: 'shop',
    publisher: 'run',
    now: Date.now,
    nextId: () => String(id++),
    maxSeries: series,
    maxSize: () => 256 * 1024,
  })
  const write = (everything: boolean) => {
    let size = 0
    for (const message of book.messages(watch.families(), everything)) {
      message.stored()
      size += message.json.length
    }
    return size
  }
  write(true)
  let next = 0
  return {
    snapshot: () => write(true),
    batch() {
      for (let i = 0; i < series * CHANGED; i++) children[next++ % series]?.inc()
      return write(false)
    },
  }
}

introduce(`A batch of the ${CHANGED * 100} % of series that changed, their changes included`)
for (const series of [1000, 10_000, 100_000]) {
  const compared = setUp(series, false)
  const followed = setUp(series, true)
  const what = `${series.toLocaleString('en')} series`
  await compare(what, ['compared', 'followed'], compared.batch, followed.batch)
  console.log(`  ${followed.batch()} characters; a full snapshot has ${followed.snapshot()}`)
}
