import { open } from 'node:fs/promises'
import { codeOf, type Log, messageOf } from '@tocsin/runtime'
import {
  createHead,
  createIngester,
  type Head,
  type HeadOptions,
  type Ingester,
  restoreHead,
} from '@tocsin/tsdb'
import { z } from 'zod'

/** Where the METRICS stream stands; a sequence means something only for one making of the stream. */
export interface StreamState {
  /** When the stream was made. */
  readonly created: string
  readonly lastSequence: number
}

/** A head, what fills it, and the last message that it holds (0: none). */
export interface Metrics {
  readonly head: Head
  readonly ingester: Ingester
  readonly sequence: number
}

export interface RestoreOptions {
  /** The snapshot's file; undefined for none. */
  readonly path: string | undefined
  readonly stream: StreamState
  readonly head: HeadOptions
  readonly log: Log
}

/** What is kept beside the head: of which making of the stream it is, and the ids that were seen. */
const beside = z.object({ created: z.string(), ids: z.string() })

export function encodeBeside(created: string, ids: Uint8Array): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ created, ids: new TextDecoder().decode(ids) }))
}

/** The head as the snapshot has it; an empty one when there is none, or it cannot be used: then the stream is replayed. */
export async function restoreMetrics(options: RestoreOptions): Promise<Metrics> {
  const { path, log } = options
  if (path !== undefined) {
    try {
      const metrics = await readSnapshot(path, options)
      if (metrics) return metrics
      log.info({ path }, 'the snapshot is of another stream: replaying this one from its beginning')
    } catch (error) {
      if (codeOf(error) !== 'ENOENT')
        log.warn(
          { path, reason: messageOf(error) },
          'the snapshot cannot be read: replaying the stream instead',
        )
    }
  }
  const head = createHead(options.head)
  return { head, ingester: createIngester(head), sequence: 0 }
}

async function readSnapshot(
  path: string,
  { stream, head: limits, log }: RestoreOptions,
): Promise<Metrics | undefined> {
  const file = await open(path)
  const { head, streamSequence, callerState } = await restoreHead(file.createReadStream(), limits)
  const { created, ids } = beside.parse(JSON.parse(new TextDecoder().decode(callerState)))
  // A stream that was made anew, or lost its end, has other messages under these sequences.
  if (created !== stream.created || streamSequence > stream.lastSequence) return undefined
  const { series } = head.stats()
  log.info({ path, sequence: streamSequence, series }, 'restored the snapshot')
  const ingester = createIngester(head, { restoreFrom: new TextEncoder().encode(ids) })
  return { head, ingester, sequence: streamSequence }
}
