import { DEFAULT_PREFIX } from '@tocsin/contract'
import { type Bus, connectBus, createLog, createMetrics, type Log, systemClock } from '@tocsin/runtime'
import { type Server, startNats } from '@tocsin/testkit'

/** A real server with all streams and buckets, and a connection to it. */
export interface BusWorld {
  readonly nats: Server
  readonly bus: Bus
  readonly log: Log
  stop(): Promise<void>
}

export async function startBus(): Promise<BusWorld> {
  const log = createLog({ service: 'test', version: '0', level: 'silent' })
  const nats = await startNats()
  const bus = await connectBus({
    env: { NATS_URL: [nats.url], NATS_REPLICAS: 1, NATS_SUBJECT_PREFIX: DEFAULT_PREFIX },
    name: 'test',
    version: '0',
    clock: systemClock,
    log,
    metrics: createMetrics('test', '0'),
  })
  await bus.ensureTopology()
  return {
    nats,
    bus,
    log,
    async stop() {
      await bus.close()
      await nats.stop()
    },
  }
}
