import type { Bus } from '@tocsin/runtime'
import { z } from 'zod'

const KEY = 'alert-evaluator'
const position = z.object({
  /** When the stream was made: another one counts its sequences anew. */
  stream: z.string(),
  sequence: z.int().nonnegative(),
})

/** How far evaluation has durably come in the METRICS stream. */
export interface Position {
  /** The last position written; undefined when there is none. `renewed`: it was that of a stream since made anew. */
  read(): Promise<{ readonly sequence: number; readonly renewed: boolean } | undefined>
  write(sequence: number): Promise<void>
  /** The newest sequence of the stream now. */
  readonly newest: number
}

export async function openPosition(bus: Bus): Promise<Position> {
  const kv = await bus.kv('positions')
  const { created, state } = await bus.jsm.streams.info(bus.streamName('METRICS'))
  const stream = String(created)
  return {
    newest: state.last_seq,
    async read() {
      const entry = await kv.get(KEY)
      const { data } = position.safeParse(entry?.operation === 'PUT' ? entry.json() : undefined)
      // What a stream made anew holds has not been evaluated, whatever its numbers.
      if (data) return data.stream === stream ? { ...data, renewed: false } : { sequence: 0, renewed: true }
      return undefined
    },
    write: async (sequence) => void (await kv.put(KEY, JSON.stringify({ stream, sequence }))),
  }
}

/** Follows which evaluations are durable, and so up to where a restart need not evaluate again. */
export interface Progress {
  /** An evaluation that had seen the stream up to `sequence`, durable when `work` has resolved. */
  begin(sequence: number, work: readonly Promise<void>[]): void
  /** Everything up to here is durable. */
  durable(): number
  /** What was last written of it. */
  written: number | undefined
}

export function createProgress(from: number): Progress {
  const open: { readonly sequence: number; done: boolean }[] = []
  let durable = from
  const advance = () => {
    while (open[0]?.done) durable = Math.max(durable, open.shift()?.sequence ?? 0)
  }
  return {
    begin(sequence, work) {
      const entry = { sequence, done: work.length === 0 }
      open.push(entry)
      if (entry.done) advance()
      else
        void Promise.all(work).then(() => {
          entry.done = true
          advance()
        })
    },
    durable: () => durable,
    written: undefined,
  }
}
