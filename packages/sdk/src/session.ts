import { randomBytes } from 'node:crypto'
import type { Registry } from 'prom-client'
import type { Clock } from './clock.ts'
import { type Bus, createBus } from './connect/bus.ts'
import { dialNats } from './connect/dial-nats.ts'
import { keepConnected } from './connect/keep-connected.ts'
import type { Configuration } from './options.ts'
import { createPublisher, type Publisher } from './publish/create-publisher.ts'
import { createSeriesBook } from './publish/series-book.ts'
import { type RegistryWatch, watchRegistry } from './publish/watch-registry.ts'
import type { SelfReport } from './report-self.ts'
import { createNotifier, type Notifier } from './requests/notify.ts'
import { type MetricsEndpoint, serveMetrics } from './serve-metrics.ts'
import type { Warn } from './warn.ts'

/** What runs between start and shutdown. */
export interface Session {
  readonly configuration: Configuration
  readonly bus: Bus
  readonly publisher: Publisher
  readonly notifier: Notifier
  readonly endpoint: MetricsEndpoint | undefined
  stop(timeoutMs: number): Promise<void>
}

/** Characters per message: far below what a NATS server takes, whatever the characters are. */
const MAX_MESSAGE = 256 * 1024

/** A name that no other run has. */
const uniqueName = (): string => randomBytes(8).toString('hex')

/** Makes ids that are unique, and short since every message has one. */
export function createIds(prefix = uniqueName()): () => string {
  let next = 0
  return () => `${prefix}-${next++}`
}

export async function startSession(parts: {
  readonly configuration: Configuration
  readonly own: RegistryWatch
  readonly registry: Registry
  readonly self: SelfReport
  readonly onConnected: () => void
  readonly onTrouble: (message: string) => void
  readonly clock: Clock
  readonly warn: Warn
}): Promise<Session> {
  const { configuration, own, registry, self, clock, warn } = parts
  const { service, instance, subjects, nats, prometheus } = configuration
  const connection = keepConnected({
    dial: () => dialNats(configuration),
    clock,
    address: nats.servers.join(','),
    onConnected() {
      self.connected()
      publisher.announce()
      parts.onConnected()
    },
    onTrouble: parts.onTrouble,
  })
  const bus = createBus(connection, clock)
  const attached = configuration.registry
    ? [watchRegistry(configuration.registry, () => publisher.touch())]
    : []
  const quiet = [watchRegistry(self.registry, () => {})]
  const run = uniqueName()
  const publisher = createPublisher({
    ...configuration,
    watches: [own],
    attached,
    quiet,
    book: createSeriesBook({
      admission: { warn, refuse: self.refused },
      labels: { service, instance },
      source: service,
      publisher: run,
      now: clock.now,
      nextId: createIds(run),
      maxSeries: configuration.maxSeriesPerMetric,
      maxSize: () => Math.min(MAX_MESSAGE, bus.maxPayload / 4),
    }),
    isConnected: () => bus.connected,
    send: (json) => bus.store(subjects.metrics(service), json),
    onBatch: self.batch,
    clock,
    warn,
  })
  const notifier = createNotifier({ bus, subjects, service, clock })
  const registries = () => [
    registry,
    ...(configuration.registry ? [configuration.registry] : []),
    self.registry,
  ]
  const endpoint =
    prometheus && (await serveMetrics({ ...prometheus, host: prometheus.host, registries, service, warn }))

  return {
    configuration,
    bus,
    publisher,
    notifier,
    endpoint,
    async stop(timeoutMs) {
      // Last in, first out: nothing new comes from the endpoint while what is in hand is sent.
      const sending = bus.connected ? [notifier.settled(), publisher.flush()] : []
      await within(clock, timeoutMs, Promise.all([endpoint?.close(), ...sending]))
      publisher.stop()
      for (const watch of [...attached, ...quiet]) watch.unwatch()
      await within(clock, timeoutMs, connection.close())
    },
  }
}

/** Waits for work that never rejects, but no longer than `ms`. */
function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, resolve, 'hold')
    void work.then(() => {
      cancel()
      resolve()
    })
  })
}
