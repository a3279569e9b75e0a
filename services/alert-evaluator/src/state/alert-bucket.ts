import { JetStreamApiError } from '@nats-io/jetstream'
import type { KV } from '@nats-io/kv'
import { bucketName } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import { type AlertRecord, alertRecord } from '../alerts/alert-record.ts'

/** Someone else wrote this alert's state: this replica no longer leads. */
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
  /** Every record, and the keys of those that cannot be read. Remembers their revisions. */
  load(): Promise<{ readonly records: readonly StoredRecord[]; readonly unreadable: readonly string[] }>
  /** Resolves when the record is stored. @throws OvertakenError; BusError-like errors of NATS otherwise */
  put(key: string, record: AlertRecord): Promise<void>
  /** Removes a record without a trace. */
  erase(key: string): Promise<void>
}

const WRONG_LAST_SEQUENCE = 10071
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
    async load() {
      revisions.clear()
      const records: StoredRecord[] = []
      const unreadable: string[] = []
      for await (const { key, value, revision } of lastValues(kv)) {
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
        if (error instanceof JetStreamApiError && error.code === WRONG_LAST_SEQUENCE)
          return afterConflict(key, body)
        throw error
      })
      revisions.set(key, revision)
    },
    async erase(key) {
      await bus.jsm.streams.purge(`KV_${bucket}`, { filter: `$KV.${bucket}.${key}` })
      revisions.delete(key)
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
