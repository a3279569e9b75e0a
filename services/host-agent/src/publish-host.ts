import { hostAgentMetrics } from '@tocsin/contract'
import type { Log, Metrics as SelfMetrics } from '@tocsin/runtime'
import { type Metrics, setCumulative } from '@tocsin/sdk'
import { type HostMetricName, type HostReader, type HostSample, hostCatalogue } from './host-metric.ts'

/** Where readings go. */
export interface HostRecord {
  /** Takes the readings of one part; what it had before and has no more ends. */
  replace(part: HostReader['part'], samples: readonly HostSample[]): void
}

/** Puts readings into the SDK's metrics, which publish what changed. */
export function createHostRecord(metrics: Metrics): HostRecord {
  const writers = new Map<HostMetricName, SeriesWriter>()
  const present = new Map<HostReader['part'], ReadonlyMap<string, HostSample>>()

  function writerOf(name: HostMetricName): SeriesWriter {
    const known = writers.get(name)
    if (known) return known
    const writer = createWriter(metrics, name)
    writers.set(name, writer)
    return writer
  }

  return {
    replace(part, samples) {
      const now = new Map(samples.map((one) => [JSON.stringify([one.name, one.labels]), one]))
      for (const [key, { name, labels }] of present.get(part) ?? [])
        if (!now.has(key)) writerOf(name).remove(labels)
      for (const { name, labels, value } of now.values()) writerOf(name).set(labels, value)
      present.set(part, now)
    },
  }
}

interface SeriesWriter {
  set(labels: HostSample['labels'], value: number): void
  remove(labels: HostSample['labels']): void
}

function createWriter(metrics: Metrics, name: HostMetricName): SeriesWriter {
  const { type, help, labels } = hostCatalogue[name]
  const config = { name, help, labelNames: [...labels] }
  if (type === 'gauge') {
    const gauge = metrics.gauge(config)
    return {
      set: (labels, value) => gauge.set(labels, value),
      remove: (labels) => gauge.remove(labels),
    }
  }
  const counter = metrics.counter(config)
  return {
    set: (labels, value) => setCumulative(counter, labels, value),
    remove: (labels) => counter.remove(labels),
  }
}

/**
 * Reads every part once. A part that cannot be read ends, is counted and logged, and hides no other; one whose
 * reading before has not ended (a file server that is dead) counts as such, and is not read again until it has.
 */
export function createHostReading(deps: {
  readonly readers: readonly HostReader[]
  readonly record: HostRecord
  readonly log: Log
  readonly metrics: SelfMetrics
}): () => Promise<void> {
  const { readers, record, log, metrics } = deps
  const failures = metrics.counter(hostAgentMetrics.hostReadFailuresTotal)
  const failing = new Set<string>()
  const seen = new Set<string>()
  const underWay = new Set<string>()

  function fail(part: HostReader['part'], error: unknown): void {
    failures.inc({ part })
    record.replace(part, [])
    if (!failing.has(part)) log.warn({ err: error, part }, 'a part of the machine cannot be read')
    failing.add(part)
  }

  async function readPart({ part, read }: HostReader): Promise<void> {
    if (underWay.has(part)) return fail(part, new Error('the reading before has not ended'))
    underWay.add(part)
    try {
      // An odd kernel may write what is no number.
      const samples = (await read()).filter(({ value }) => Number.isFinite(value))
      record.replace(part, samples)
      if (samples.length === 0 && !seen.has(part))
        log.info({ part }, 'this machine says nothing of this part')
      seen.add(part)
      if (failing.delete(part)) log.info({ part }, 'a part of the machine can be read again')
    } catch (error) {
      fail(part, error)
    } finally {
      underWay.delete(part)
    }
  }

  return async () => {
    await Promise.all(readers.map(readPart))
  }
}
