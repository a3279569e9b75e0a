import type { KV } from '@nats-io/kv'
import { bucketName } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
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

export async function openAlertBucket(bus: Bus): Promise<AlertBucket> {
  const kv = await bus.kv('alert-state')
  const bucket = bucketName('alert-state', bus.subjects.prefix)
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
      for await (const { key, value, revision } of lastValues(kv)) {
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
      // The marker can only follow what is known; the purge then takes nothing that came after it.
      await kv.delete(key, { previousSeq: known }).catch((error: unknown) => {
        if (isWrongRevision(error)) throw new OvertakenError(`${key} was written by someone else`)
        throw error
      })
      revisions.delete(key)
      const marker = await kv.get(key)
      if (marker?.operation !== 'DEL') return
      await bus.jsm.streams.purge(`KV_${bucket}`, {
        filter: `$KV.${bucket}.${key}`,
        seq: marker.revision + 1,
      })
    },
  }
}

/** The values a bucket holds now, then ends. */
async function* lastValues(kv: KV) {
  const { values } = await kv.status()
  if (values === 0) return
  const watch = await kv.history()
  for await (const entry of watch) {
    if (entry.operation === 'PUT') yield { key: entry.key, value: entry.string(), revision: entry.revision }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
