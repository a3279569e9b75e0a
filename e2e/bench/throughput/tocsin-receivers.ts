import { setTimeout as delay } from 'node:timers/promises'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { createSubjects } from '@tocsin/contract'
import { type ServiceUnderTest, startNats, startService } from '@tocsin/testkit'
import { type Body, createWriteRequests, eventArrays, sdkBatches } from './bodies.ts'
import type { Fleet } from './fleet.ts'
import { pin, pinSender, postAll, RECEIVING, type Receiver, timed } from './receiver.ts'

const subjects = createSubjects()
/** Messages on their way to NATS at once. */
const IN_FLIGHT = 32
const LIMITS = {
  METRICS_MAX_SERIES: '2000000',
  METRICS_MAX_SERIES_PER_METRIC: '200000',
  METRICS_MAX_BYTES: '4000000000',
}

/** A collector behind a NATS of its own, and the ways in that are compared. */
export async function startTocsinReceivers(fleet: Fleet): Promise<readonly Receiver[]> {
  return [
    await startBatchReceiver(fleet),
    await startReceiver(fleet, 'JSON events in arrays through NATS', eventArrays, readStored),
    await startReceiver(fleet, 'remote write', createWriteRequests(fleet), forward),
  ]
}

/** The collector that reads what SDKs publish. */
export const startBatchReceiver = (
  fleet: Fleet,
  env: Readonly<Record<string, string>> = {},
): Promise<Receiver> => startReceiver(fleet, 'SDK batches through NATS', sdkBatches, readStored, env)

interface World {
  readonly collector: ServiceUnderTest
  publish(body: Body): Promise<unknown>
  /** Resolves once NATS has handed out everything. */
  untilHandedOut(): Promise<void>
  /** Resolves once the last sample is there. */
  untilRead(): Promise<void>
}

/** Takes bodies in; gives the milliseconds. */
type Take = (world: World, bodies: readonly Body[]) => Promise<number>

/** The collector stands still while NATS stores all of it, so that what is measured is the collector. */
const readStored: Take = async ({ collector, publish, untilHandedOut, untilRead }, bodies) => {
  process.kill(collector.pid, 'SIGSTOP')
  try {
    await publishAll(publish, bodies)
  } finally {
    process.kill(collector.pid, 'SIGCONT')
  }
  return await timed(async () => {
    // Asking the collector takes its time, so it is not asked before there can be an answer.
    await untilHandedOut()
    await untilRead()
  })
}

const forward: Take = ({ collector, untilRead }, bodies) =>
  timed(async () => {
    await postAll(bodies, () => `${collector.url}/api/v1/write?source=bench`, {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    })
    await untilRead()
  })

async function startReceiver(
  fleet: Fleet,
  way: string,
  bodies: Receiver['bodies'],
  take: Take,
  env: Readonly<Record<string, string>> = {},
): Promise<Receiver> {
  const nats = await startNats()
  const collector = await startService('collector', { NATS_URL: nats.url, ...LIMITS, ...env })
  const nc = await connect({ servers: nats.url })
  const js = jetstream(nc)
  pinSender(nats.pid)
  pin(collector.pid, RECEIVING)
  const last = fleet.series - 1
  return {
    name: `Tocsin, ${way}`,
    version: `node ${process.version}`,
    pid: collector.pid,
    url: collector.url,
    bodies,
    send: (all, cycle, timeMs) =>
      take(
        {
          collector,
          publish: (body) => js.publish(subjects.metrics(body.source), body.bytes),
          untilHandedOut: () => untilNonePending(nc),
          untilRead: () => untilValue(collector.url, fleet.textOf(last), fleet.value(cycle, last), timeMs),
        },
        all,
      ),
    async stop() {
      await nc.close()
      await collector.stop()
      await nats.stop()
    },
  }
}

async function publishAll(publish: World['publish'], bodies: readonly Body[]): Promise<void> {
  const underWay = new Set<Promise<unknown>>()
  for (const body of bodies) {
    const stored = publish(body)
    underWay.add(stored)
    void stored.finally(() => underWay.delete(stored)).catch(() => {})
    if (underWay.size >= IN_FLIGHT) await Promise.race(underWay)
  }
  await Promise.all(underWay)
}

async function untilNonePending(nc: NatsConnection): Promise<void> {
  const { consumers } = await jetstreamManager(nc)
  for (;;) {
    const readers = await consumers.list('METRICS').next()
    if (readers.length > 0 && readers.every(({ num_pending }) => num_pending === 0)) return
    await delay(20)
  }
}

/** Messages are read in order: once the last sample is there, all are. */
async function untilValue(url: string, series: string, value: number, timeMs: number): Promise<void> {
  const query = `${url}/api/v1/query?time=${timeMs / 1000}&query=${encodeURIComponent(series)}`
  for (;;) {
    const answer = (await (await fetch(query)).json()) as { data: { result: { value: [number, string] }[] } }
    if (answer.data.result[0]?.value[1] === String(value)) return
    await delay(20)
  }
}
