import type { MetricBatch, MetricEvent } from '../metric-event.ts'
import { type MetricFault, parseMetricMessage } from '../parse-metric-message.ts'
import { EventColumns } from './event-columns.ts'
import { plainKind } from './event-kind.ts'
import { SampleColumns } from './sample-columns.ts'
import { type BatchHead, scanBatch } from './scan-batch.ts'
import { EventScanner } from './scan-events.ts'
import { NumberScanner } from './scan-number.ts'

/** What a message of the metrics subject says. Columns and faults are valid until the next one is read. */
export interface MetricReading {
  /** Undefined when the message is events. */
  readonly batch: BatchHead | undefined
  /** The samples of the batch. */
  readonly samples: SampleColumns
  readonly events: EventColumns
  readonly faults: readonly MetricFault[]
}

/** Reads messages of the metrics subject. One for each reader: what it has seen makes what comes cheaper. */
export interface MetricReader {
  /** Reads the bytes of a message, where they are written plainly; undefined when they must be parsed as JSON. */
  read(bytes: Uint8Array): MetricReading | undefined
  /** Reads a message that was parsed. */
  readJson(json: unknown): MetricReading
}

const OPEN_OBJECT = 123

export function createMetricReader(): MetricReader {
  const numbers = new NumberScanner()
  const scanner = new EventScanner(numbers)
  const samples = new SampleColumns()
  const events = new EventColumns()
  const faults: MetricFault[] = []

  function clear(): void {
    samples.clear()
    events.clear()
    faults.length = 0
  }

  return {
    read(bytes) {
      clear()
      if (bytes[0] === OPEN_OBJECT) {
        const batch = scanBatch(bytes, samples, numbers)
        if (batch) return { batch, samples, events, faults }
        samples.clear()
      }
      return scanner.scan(bytes, events, faults) ? { batch: undefined, samples, events, faults } : undefined
    },
    readJson(json) {
      clear()
      const parsed = parseMetricMessage(json)
      faults.push(...parsed.faults)
      fillEvents(events, parsed.events)
      if (parsed.batch) fillSamples(samples, parsed.batch)
      return { batch: parsed.batch, samples, events, faults }
    },
  }
}

/** A reading of what is known to be as the contract says, for itself. */
export function readTyped(message: MetricEvent | readonly MetricEvent[] | MetricBatch): MetricReading {
  const samples = new SampleColumns()
  const events = new EventColumns()
  if ('samples' in message) fillSamples(samples, message)
  else fillEvents(events, 'name' in message ? [message] : message)
  return { batch: 'samples' in message ? message : undefined, samples, events, faults: [] }
}

function fillEvents(columns: EventColumns, events: readonly MetricEvent[]): void {
  for (const { value, time, id, ...event } of events)
    columns.add(plainKind(event), value, time === undefined ? Number.NaN : Date.parse(time), id)
}

function fillSamples(columns: SampleColumns, { samples }: MetricBatch): void {
  for (const sample of samples) columns.add(sample)
}
