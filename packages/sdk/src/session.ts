import { randomBytes } from 'node:crypto'
import type { Registry } from 'prom-client'
import { type Clock, pause } from './clock.ts'
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
  /** Stores what was recorded and sends what is under way, within a time; resolves with whether that succeeded. */
  flush(timeoutMs: number): Promise<boolean>
  stop(timeoutMs: number): Promise<void>
}

/** Characters per message: far below what a NATS server takes, whatever the characters are. */
const MAX_MESSAGE = 256 * 1024

/** A server that is alive answers within this many ms. */
const PROOF_MS = 1000
const RETRY_MS = 100

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

  async function publishUntil(deadline: number): Promise<boolean> {
    for (;;) {
      const left = deadline - clock.now()
      if (left <= 0) return false
      try {
        // A process that was frozen between two invocations has a connection that looks alive.
        await connection.prove(Math.min(PROOF_MS, left))
        await connection.wait(Math.max(deadline - clock.now(), 1))
      } catch {
        return false
      }
      if (await publisher.flush()) return true
      await pause(clock, Math.min(RETRY_MS, left))
    }
  }

  /** What ended before it was connected waits for that attempt; without NATS there is nothing to wait for. */
  async function sendRest(): Promise<void> {
    await connection.attempted()
    if (bus.connected) await Promise.all([notifier.settled(), publisher.flush()])
  }

  return {
    configuration,
    bus,
    publisher,
    notifier,
    endpoint,
    async flush(timeoutMs) {
      let stored = false
      const published = publishUntil(clock.now() + timeoutMs).then((all) => {
        stored = all
      })
      await within(clock, timeoutMs, Promise.all([published, notifier.settled()]))
      return stored
    },
    async stop(timeoutMs) {
      // Last in, first out: nothing new comes from the endpoint while what is in hand is sent.
      const sent = sendRest()
      await within(clock, timeoutMs, Promise.all([endpoint?.close(), sent]))
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
