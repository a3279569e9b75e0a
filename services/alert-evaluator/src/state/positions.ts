import type { Bus } from '@tocsin/runtime'
import { z } from 'zod'
import { SHARDS } from '../replicas/shards.ts'
import { OvertakenError } from './alert-bucket.ts'
import { isWrongRevision } from './wrong-revision.ts'

const keyOf = (shard: number) => `alert-evaluator.${shard}`

const position = z.object({
  /** When the stream was made: another one counts its sequences anew. */
  stream: z.string(),
  sequence: z.int().nonnegative(),
})

/** A position that was written. `renewed`: it was that of a stream since made anew. */
export interface StoredPosition {
  readonly sequence: number
  readonly renewed: boolean
}

/** How far the evaluation of each part has durably come in the METRICS stream. */
export interface Positions {
  /** The last position written of a part; undefined when there is none. Remembers its revision. */
  read(shard: number): Promise<StoredPosition | undefined>
  /** @throws OvertakenError when somebody else wrote it since */
  write(shard: number, sequence: number): Promise<void>
  /** The least of those written when this was opened: what came later may have to be evaluated here. */
  readonly least: number
  /** The newest sequence of the stream when this was opened. */
  readonly newest: number
}

export async function openPositions(bus: Bus): Promise<Positions> {
  const kv = await bus.kv('positions')
  const { created, state } = await bus.jsm.streams.info(bus.streamName('METRICS'))
  const stream = String(created)
  const revisions = new Map<number, number>()
  const written = new Map<number, number>()

  async function read(shard: number): Promise<StoredPosition | undefined> {
    const entry = await kv.get(keyOf(shard))
    revisions.set(shard, entry?.revision ?? 0)
    written.delete(shard)
    const { data } = position.safeParse(entry?.operation === 'PUT' ? entry.json() : undefined)
    // What a stream made anew holds has not been evaluated, whatever its numbers.
    if (data) return data.stream === stream ? { ...data, renewed: false } : { sequence: 0, renewed: true }
    return undefined
  }
  const all = await Promise.all(Array.from({ length: SHARDS }, (_, shard) => read(shard)))

  return {
    least: Math.min(state.last_seq, ...all.map((one) => one?.sequence ?? state.last_seq)),
    newest: state.last_seq,
    read,
    async write(shard, sequence) {
      if (written.get(shard) === sequence) return
      const body = JSON.stringify({ stream, sequence })
      const previousSeq = revisions.get(shard) ?? 0
      const revision = await kv.put(keyOf(shard), body, { previousSeq }).catch((error: unknown) => {
        if (isWrongRevision(error))
          throw new OvertakenError(`the position of part ${shard} was written by someone else`)
        throw error
      })
      revisions.set(shard, revision)
      written.set(shard, sequence)
    },
  }
}
