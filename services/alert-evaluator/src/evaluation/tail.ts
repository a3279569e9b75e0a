import type { Head, Series } from '@tocsin/tsdb'

/** A message as it was read: when it was stored, and the series that it changed. */
export interface TailMessage {
  readonly timeMs: number
  readonly sequence: number
  /** The time of its newest sample, -Infinity without any. Milliseconds. */
  readonly newestMs: number
  readonly series: readonly Series[]
}

/** The newest messages, so that what another replica has not evaluated can be, each at its own time. */
export interface Tail {
  record(message: TailMessage): void
  /** Collects the series that a message changes, of those that rules read. */
  follow(head: Pick<Head, 'watchSamples'>, isRead: (series: Series) => boolean): SeriesChanges
  /** Visits the messages after a sequence until it is told to stop; true when it has come to the end. */
  readAfter(sequence: number, visit: (message: TailMessage) => boolean): boolean
  /** All messages after this sequence are there. */
  since(): number
  /** Forgets what came before a time, and what is too much. */
  trim(beforeMs: number, mostUpdates: number): void
}

/** The series that change while a message is read. */
export interface SeriesChanges {
  begin(): void
  take(): Pick<TailMessage, 'series' | 'newestMs'>
  stop(): void
}

/** Messages side by side in columns: one by one they would take several times the memory. */
interface Block {
  readonly times: Float64Array
  readonly sequences: Float64Array
  readonly newest: Float64Array
  /** Where each message's series end. */
  readonly ends: Uint32Array
  readonly series: Series[]
  count: number
}

const BLOCK = 1024

/** @param from messages up to this sequence are not to be recorded */
export function createTail(from: number): Tail {
  const blocks: Block[] = []
  let since = from
  let updates = 0

  function lastBlock(): Block {
    const last = blocks.at(-1)
    if (last && last.count < BLOCK) return last
    const block: Block = {
      times: new Float64Array(BLOCK),
      sequences: new Float64Array(BLOCK),
      newest: new Float64Array(BLOCK),
      ends: new Uint32Array(BLOCK),
      series: [],
      count: 0,
    }
    blocks.push(block)
    return block
  }
  const newestOf = ({ sequences, count }: Block) => sequences[count - 1] ?? 0

  return {
    record({ timeMs, sequence, newestMs, series }) {
      if (series.length === 0 || sequence <= since) return
      const block = lastBlock()
      for (const one of series) block.series.push(one)
      block.times[block.count] = timeMs
      block.sequences[block.count] = sequence
      block.newest[block.count] = newestMs
      block.ends[block.count] = block.series.length
      block.count++
      updates += series.length
    },
    follow(head, isRead) {
      let changed: Series[] | undefined
      let newestMs = Number.NEGATIVE_INFINITY
      const stop = head.watchSamples((series, timeMs) => {
        if (!changed || !isRead(series)) return
        if (timeMs > newestMs) newestMs = timeMs
        if (changed.at(-1) !== series) changed.push(series)
      })
      return {
        stop,
        begin() {
          changed = []
          newestMs = Number.NEGATIVE_INFINITY
        },
        take() {
          const series = changed ?? []
          changed = undefined
          return { series, newestMs }
        },
      }
    },
    readAfter(after, visit) {
      for (const block of blocks) {
        if (newestOf(block) <= after) continue
        const { times, sequences, newest, ends, series, count } = block
        for (let i = 0; i < count; i++) {
          const sequence = sequences[i] ?? 0
          if (sequence <= after) continue
          const message = {
            timeMs: times[i] ?? 0,
            sequence,
            newestMs: newest[i] ?? 0,
            series: series.slice(ends[i - 1] ?? 0, ends[i]),
          }
          if (!visit(message)) return false
        }
      }
      return true
    },
    since: () => since,
    trim(beforeMs, mostUpdates) {
      for (let [oldest] = blocks; oldest && blocks.length > 1; [oldest] = blocks) {
        const old = (oldest.times[oldest.count - 1] ?? 0) < beforeMs
        if (!old && updates <= mostUpdates) return
        since = newestOf(oldest)
        updates -= oldest.series.length
        blocks.shift()
      }
    },
  }
}
