import { type ConsumeDeps, watchBucket } from '@tocsin/runtime'
import { type AlertRecord, alertRecord } from '../alerts/alert-record.ts'
import { isWrongRevision } from './wrong-revision.ts'

/** Someone else wrote what is only to be written by who holds its part: this replica's view of it is not the latest. */
export class OvertakenError extends Error {
  override readonly name = 'OvertakenError'
  readonly code = 'overtaken'
  readonly retryable = false
}

export interface StoredRecord {
  readonly key: string
  readonly record: AlertRecord
}

/** The durable state of all alerts. It remembers revisions, so that it never writes over another's state. */
export interface AlertBucket {
  /** The records whose keys are wanted, and the keys of those that cannot be read. Remembers their revisions. */
  load(
    isWanted: (key: string) => boolean,
  ): Promise<{ readonly records: readonly StoredRecord[]; readonly unreadable: readonly string[] }>
  /** Resolves when the record is stored. @throws OvertakenError; BusError-like errors of NATS otherwise */
  put(key: string, record: AlertRecord): Promise<void>
  /** Removes a record without a trace, unless someone else wrote it since. @throws OvertakenError */
  erase(key: string): Promise<void>
}

const PUT_TIMEOUT_MS = 5000

export async function openAlertBucket(deps: ConsumeDeps): Promise<AlertBucket> {
  const { bus } = deps
  const kv = await bus.kv('alert-state')
  const revisions = new Map<string, number>()

  /** A write that was refused: it may be our own, whose answer got lost. */
  async function afterConflict(key: string, body: string): Promise<number> {
    const entry = await kv.get(key)
    if (entry?.operation === 'PUT' && entry.string() === body) return entry.revision
    throw new OvertakenError(`${key} was written by someone else`)
  }

  return {
    async load(isWanted) {
      for (const key of revisions.keys()) if (isWanted(key)) revisions.delete(key)
      const records: StoredRecord[] = []
      const unreadable: string[] = []
      for (const [key, { value, revision }] of await lastValues(deps)) {
        if (!isWanted(key)) continue
        revisions.set(key, revision)
        const { data } = alertRecord.safeParse(parseJson(value))
        if (data) records.push({ key, record: data })
        else unreadable.push(key)
      }
      return { records, unreadable }
    },
    async put(key, record) {
      const body = JSON.stringify(record)
      const known = revisions.get(key)
      const write = known === undefined ? kv.create(key, body) : kv.update(key, body, known, PUT_TIMEOUT_MS)
      const revision = await write.catch((error: unknown) => {
        if (isWrongRevision(error)) return afterConflict(key, body)
        throw error
      })
      revisions.set(key, revision)
    },
    async erase(key) {
      const known = revisions.get(key)
      if (known === undefined) return
      // The marker can only follow what is known; nothing that came after it is taken away with it.
      const isRefused = await kv.delete(key, { previousSeq: known }).then(
        () => false,
        (error: unknown) => {
          if (isWrongRevision(error)) return true
          throw error
        },
      )
      const entry = await kv.get(key)
      // Refused where a marker stands, or stood: it is our own, whose answer got lost.
      if (isRefused && entry?.operation === 'PUT')
        throw new OvertakenError(`${key} was written by someone else`)
      if (entry?.operation === 'DEL') await bus.eraseRevision('alert-state', entry.revision)
      // Only now: until the marker is gone, whoever tries again has it to remove.
      revisions.delete(key)
    },
  }
}

/**
 * The values that the bucket holds now. Not by the KV layer's history: with messages deleted in between, NATS 2.9 may
 * say that more is to come when nothing is.
 */
async function lastValues(deps: ConsumeDeps) {
  const values = new Map<string, { readonly value: string; readonly revision: number }>()
  const all = Promise.withResolvers<void>()
  const watch = await watchBucket(deps, 'alert-state', {
    onPut: (key, value, revision) => values.set(key, { value, revision }),
    onDelete: (key) => values.delete(key),
    onCurrent: () => all.resolve(),
  })
  await all.promise
  await watch.stop()
  return values
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
