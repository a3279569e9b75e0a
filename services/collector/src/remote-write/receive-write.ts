import { createTurn } from '../http/create-turn.ts'
import type { NameChecks } from './check-names.ts'
import type { MessageVersion } from './choose-message.ts'
import { decompress } from './decompress.ts'
import { readVersion1 } from './read-version-1.ts'
import { readVersion2 } from './read-version-2.ts'
import { Received } from './received.ts'
import type { RefusalReason } from './refusals.ts'
import type { Room } from './room.ts'
import type { Sources } from './sources.ts'
import { timeWindowAt } from './time-window.ts'

/** What became of a request: how much of it is stored, and what is not. */
export interface WriteResult {
  readonly samples: number
  readonly histograms: number
  readonly exemplars: number
  readonly refused: number
  readonly refusedBy: readonly (readonly [RefusalReason, number])[]
  /** Each reason with its first case; empty when nothing is refused. */
  readonly refusal: string
}

export interface ReceiveDeps {
  readonly sources: Sources
  readonly names: NameChecks
  readonly maxBytes: number
  readonly now: () => number
}

export interface SentWrite {
  readonly version: MessageVersion
  readonly source: string
  readonly body: Uint8Array
  readonly room: Room
}

/**
 * Takes one request: decompresses and reads it, and stores what is valid of it.
 * @throws {WriteError} when nothing of it can be read; BusError when it cannot be stored
 */
export async function receiveWrite(deps: ReceiveDeps, sent: SentWrite): Promise<WriteResult> {
  const bytes = decompress(sent.body, deps.maxBytes, (length) => sent.room.take(length))
  const source = deps.sources.open(sent.source)
  const into = new Received(timeWindowAt(deps.now()))
  const { metadata } = source
  const [first, second] = source.series
  const shared = { metadata, names: deps.names, into, turn: createTurn() }
  if (sent.version === 1) await readVersion1(bytes, { ...shared, series: first })
  else await readVersion2(bytes, { ...shared, series: second })
  await source.lane.store(into)
  const { samples, histograms, exemplars, refusals } = into
  return {
    samples,
    histograms: histograms.length,
    exemplars: exemplars.length,
    refused: refusals.total(),
    refusedBy: [...refusals.byReason()],
    refusal: refusals.describe(),
  }
}
