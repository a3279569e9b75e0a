import type { MetricBatch, MetricEvent } from '@tocsin/contract'
import type { Head } from '../head.ts'
import { createDeltaCounter } from './add-delta.ts'
import { createObservationCounter } from './count-observation.ts'
import { ingestBatch } from './ingest-batch.ts'
import { ingestEvent, type Writers } from './ingest-event.ts'
import {
  DUPLICATE,
  type IngestOutcome,
  type IngestRefusal,
  type IngestResult,
  type MessageContext,
} from './ingest-outcome.ts'
import { createRecall } from './recall-series.ts'
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
  /** Writes one message's events. Each event is decided by itself; nothing is thrown for what a publisher sent. */
  ingest(message: MetricEvent | readonly MetricEvent[] | MetricBatch, context: MessageContext): IngestResult
  /** The ids that are remembered, to be kept as `callerState` of the head's snapshot. */
  dump(): Uint8Array
}

const MINUTE = 60_000

/** Creates the ingester of a head. A head has one: delta counters and observations are counted in it. */
export function createIngester(head: Head, options: IngesterOptions = {}): Ingester {
  const limits = {
    maxAgeMs: options.maxAgeMs ?? 30 * MINUTE,
    maxFutureMs: options.maxFutureMs ?? 10 * MINUTE,
  }
  const ids = createRecentIds(options.maxIds ?? 100_000, options.idWindowMs ?? 15 * MINUTE)
  if (options.restoreFrom?.length) ids.load(decodeIds(options.restoreFrom))
  const writers: Writers = {
    head,
    limits,
    addDelta: createDeltaCounter(head),
    countObservation: createObservationCounter(head),
    recall: createRecall(head),
  }

  function ingestOnce(
    event: MetricEvent,
    fallbackId: string | undefined,
    context: MessageContext,
  ): IngestOutcome {
    const id = event.id ?? fallbackId
    if (id !== undefined && ids.has(id, context.receivedAtMs)) return DUPLICATE
    const outcome = ingestEvent(writers, event, context)
    if (outcome.accepted && id !== undefined) ids.add(id, context.receivedAtMs)
    return outcome
  }

  return {
    ingest(message, context) {
      if ('samples' in message) return tally(ingestBatch(writers, message, context))
      if ('name' in message) return tally([ingestOnce(message, context.id, context)])
      return tally(
        message.map((event, i) =>
          ingestOnce(event, context.id === undefined ? undefined : `${context.id}#${i}`, context),
        ),
      )
    },
    dump: () => new TextEncoder().encode(JSON.stringify(ids.dump())),
  }
}

function decodeIds(bytes: Uint8Array): DumpedIds {
  return JSON.parse(new TextDecoder().decode(bytes))
}

function tally(outcomes: readonly IngestOutcome[]): IngestResult {
  let duplicates = 0
  const refused: IngestRefusal[] = []
  for (const [index, outcome] of outcomes.entries()) {
    if (!outcome.accepted) refused.push({ ...outcome, index })
    else if (outcome.reason === 'duplicate') duplicates++
  }
  return { accepted: outcomes.length - duplicates - refused.length, duplicates, refused }
}
