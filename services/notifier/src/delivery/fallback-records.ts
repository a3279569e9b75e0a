import type { KV } from '@nats-io/kv'
import type { OutboxEvent } from '@tocsin/contract'
import { z } from 'zod'
import { shortHash } from '../grouping/group-key.ts'

/** What a fallback receiver was told of one group in place of one channel, in the bucket `fallbacks`. */
const fallbackRecord = z.object({
  channel: z.string(),
  groupKey: z.string(),
  receiver: z.string(),
  open: z.boolean().describe('it was told that alerts fire, and not yet that they ended'),
  told: z.array(z.string()).describe('ids of the notifications; the newest last'),
  atMs: z.number(),
})
export type FallbackRecord = z.infer<typeof fallbackRecord>

/** The bucket's records, in memory as well: one process at a time writes them. */
export interface FallbackRecords {
  load(): Promise<void>
  find(event: Pick<OutboxEvent, 'channel' | 'groupKey'>): FallbackRecord | undefined
  put(record: FallbackRecord): Promise<void>
}

/** As long as the bucket keeps them. */
const KEPT_MS = 8 * 86_400_000

const keyOf = ({ channel, groupKey }: Pick<OutboxEvent, 'channel' | 'groupKey'>) =>
  shortHash(`${channel} ${groupKey}`)

export function createFallbackRecords(kv: Pick<KV, 'put' | 'history'>): FallbackRecords {
  /** In the order in which they were written. */
  const records = new Map<string, FallbackRecord>()

  function remember(key: string, record: FallbackRecord): void {
    records.delete(key)
    records.set(key, record)
    for (const [old, { atMs }] of records) {
      if (atMs >= record.atMs - KEPT_MS) break
      records.delete(old)
    }
  }

  return {
    async load() {
      for await (const entry of await kv.history({ key: '>' })) {
        if (entry.operation !== 'PUT') continue
        const parsed = fallbackRecord.safeParse(parseJson(entry.string()))
        if (parsed.success) remember(entry.key, parsed.data)
      }
    },
    find: (event) => records.get(keyOf(event)),
    async put(record) {
      const key = keyOf(record)
      await kv.put(key, JSON.stringify(record))
      remember(key, record)
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
