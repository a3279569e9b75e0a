import { mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock, Log } from '@tocsin/runtime'
import { encodeBeside, type Metrics, type StreamState } from './restore-metrics.ts'

export interface SnapshotDeps {
  readonly path: string
  readonly everyMs: number
  readonly metrics: Pick<Metrics, 'head' | 'ingester'>
  /** The last message that the head holds. */
  readonly sequence: () => number
  readonly readStream: () => Promise<StreamState>
  readonly clock: Clock
  readonly log: Log
}

/** Writes snapshots regularly. */
export interface SnapshotKeeper {
  /** Writes the last one, and no more after it. */
  stop(): Promise<void>
}

/** Writes a snapshot every so often and at the end, so that a restart replays only what came after. */
export function keepSnapshots(deps: SnapshotDeps): SnapshotKeeper {
  const { everyMs, clock, log } = deps
  let written = deps.sequence()
  let cancel = () => {}
  let writing: Promise<void> = Promise.resolve()

  async function write(): Promise<void> {
    if (deps.sequence() === written) return
    try {
      const { created } = await deps.readStream()
      const sequence = deps.sequence()
      const { head, ingester } = deps.metrics
      // Head, ids and sequence are taken in one go: no message is handled in between.
      await writeWhole(deps.path, head.snapshot(sequence, encodeBeside(created, ingester.dump())))
      written = sequence
    } catch (error) {
      log.warn({ err: error, path: deps.path }, 'the snapshot was not written: a restart will replay more')
    }
  }

  const schedule = () => {
    cancel = clock.setTimeout(() => {
      writing = write().then(schedule)
    }, everyMs)
  }
  schedule()
  return {
    async stop() {
      cancel()
      await writing
      cancel()
      await write()
    },
  }
}

/** Under another name first: whoever reads finds the old snapshot or the new one, whole. */
async function writeWhole(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  const unfinished = `${path}.unfinished`
  await mkdir(dirname(path), { recursive: true })
  const file = await open(unfinished, 'w')
  try {
    for (const part of parts) await file.writeFile(part)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(unfinished, path)
}
