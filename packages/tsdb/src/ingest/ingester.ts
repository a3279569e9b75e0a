import { type MetricBatch, type MetricEvent, type MetricReading, readTyped } from '@tocsin/contract'
import type { Head } from '../head.ts'
import { createDictionaryBook, type DumpedDictionary } from './dictionary-book.ts'
import { createBatchWriter } from './ingest-batch.ts'
import { createEventWriter } from './ingest-events.ts'
import type { IngestResult, MessageContext } from './ingest-outcome.ts'
import { createRecentIds, type DumpedIds } from './recent-ids.ts'

/** How events become samples. Every option has a default. */
export interface IngesterOptions {
  /** Events behind their message's time by more than this are refused; milliseconds. Default 30 min. */
  readonly maxAgeMs?: number
  /** Events ahead of their message's time by more than this are refused; milliseconds. Default 10 min. */
  readonly maxFutureMs?: number
  /** Event ids that are remembered. Default 100,000. */
  readonly maxIds?: number
  /** How long an event id is remembered; milliseconds. Default 15 min. */
  readonly idWindowMs?: number
  /** What `dump` gave when the head's snapshot was taken. */
  readonly restoreFrom?: Uint8Array
}

/** Turns events into samples of a head: the one place where deltas become cumulative. */
export interface Ingester {
  /** Writes what a message says. Each event and sample is decided by itself; nothing is thrown for what a publisher sent. */
  take(reading: MetricReading, context: MessageContext): IngestResult
  /** The same of plain objects, which are what the contract says. */
  ingest(message: MetricEvent | readonly MetricEvent[] | MetricBatch, context: MessageContext): IngestResult
  /** Ids and dictionaries that are remembered, to be kept as `callerState` of the head's snapshot. */
  dump(): Uint8Array
}

interface Dumped {
  readonly ids: DumpedIds
  readonly dictionaries: readonly DumpedDictionary[]
}

const MINUTE = 60_000

/** Creates the ingester of a head. A head has one: delta counters and observations are counted in it. */
export function createIngester(head: Head, options: IngesterOptions = {}): Ingester {
  const limits = {
    maxAgeMs: options.maxAgeMs ?? 30 * MINUTE,
    maxFutureMs: options.maxFutureMs ?? 10 * MINUTE,
  }
  const ids = createRecentIds(options.maxIds ?? 100_000, options.idWindowMs ?? 15 * MINUTE)
  const dictionaries = createDictionaryBook(head)
  if (options.restoreFrom?.length) {
    const dumped: Dumped = JSON.parse(new TextDecoder().decode(options.restoreFrom))
    ids.load(dumped.ids)
    dictionaries.load(dumped.dictionaries)
  }
  const events = createEventWriter(head, limits, ids)
  const batches = createBatchWriter(head, limits, ids, dictionaries)

  function take(reading: MetricReading, { receivedAtMs, source }: MessageContext): IngestResult {
    // The stream's time has a fraction; that of samples has none.
    const context = { receivedAtMs: Math.floor(receivedAtMs), source }
    return reading.batch
      ? batches.write(reading.batch, reading.samples, context)
      : events.write(reading.events, context)
  }

  return {
    take,
    ingest: (message, context) => take(readTyped(message), context),
    dump() {
      const dumped: Dumped = { ids: ids.dump(), dictionaries: dictionaries.dump() }
      return new TextEncoder().encode(JSON.stringify(dumped))
    },
  }
}
