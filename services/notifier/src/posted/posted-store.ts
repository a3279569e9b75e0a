import type { RecordBucket } from '../records/record-bucket.ts'
import { type PostedRecord, postedRecord } from './posted-record.ts'

/** What is known of posted alerts, beside the groups. A write resolves once it is durable. */
export interface PostedStore {
  /** What was stored when this process took up the work. */
  load(): readonly PostedRecord[]
  put(record: PostedRecord): Promise<void>
  forget(fingerprint: string): Promise<void>
}

export interface PostedStoreOptions {
  readonly bucket: RecordBucket
  readonly onBadRecord: (key: string, detail: string) => void
}

/** Keys of posted alerts begin with this. */
export const POSTED_PREFIX = 'posted.'

export function createPostedStore({ bucket, onBadRecord }: PostedStoreOptions): PostedStore {
  return {
    load() {
      const records: PostedRecord[] = []
      for (const [key, text] of bucket.takeLoaded(POSTED_PREFIX)) {
        const parsed = postedRecord.safeParse(parseJson(text))
        if (parsed.success) records.push(parsed.data)
        else onBadRecord(key, parsed.error.message)
      }
      return records
    },
    put: (record) => bucket.put(`${POSTED_PREFIX}${record.fingerprint}`, JSON.stringify(record)),
    forget: (fingerprint) => bucket.remove(`${POSTED_PREFIX}${fingerprint}`),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
