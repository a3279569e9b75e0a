import type { KV } from '@nats-io/kv'
import { type PostedRecord, postedRecord } from './posted-record.ts'

/** What is known of posted alerts, beside the groups. A write resolves once it is durable. */
export interface PostedStore {
  load(): Promise<readonly PostedRecord[]>
  put(record: PostedRecord): Promise<void>
  forget(fingerprint: string): Promise<void>
}

export interface PostedStoreOptions {
  readonly kv: KV
  /** Removes a key without leaving a marker. */
  readonly wipe: (key: string) => Promise<unknown>
  readonly onBadRecord: (key: string, detail: string) => void
}

const PREFIX = 'posted.'

export function createPostedStore({ kv, wipe, onBadRecord }: PostedStoreOptions): PostedStore {
  return {
    async load() {
      const records: PostedRecord[] = []
      for await (const entry of await kv.history({ key: `${PREFIX}>` })) {
        if (entry.operation !== 'PUT') continue
        const parsed = postedRecord.safeParse(parseJson(entry.string()))
        if (parsed.success) records.push(parsed.data)
        else onBadRecord(entry.key, parsed.error.message)
      }
      return records
    },
    async put(record) {
      await kv.put(`${PREFIX}${record.fingerprint}`, JSON.stringify(record))
    },
    async forget(fingerprint) {
      await wipe(`${PREFIX}${fingerprint}`)
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
