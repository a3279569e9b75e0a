import type { KV } from '@nats-io/kv'
import type { z } from 'zod'
import { shortHash } from './group-key.ts'
import { type AlertRecord, alertRecord, type GroupRecord, groupRecord } from './records.ts'

/** What the notifier knows of alerts and groups, in the bucket `groups`. A write resolves once it is durable. */
export interface GroupStore {
  load(): Promise<Loaded>
  putAlert(record: AlertRecord): Promise<void>
  putGroup(record: GroupRecord): Promise<void>
  endGroup(key: string): Promise<void>
  forgetAlert(fingerprint: string): Promise<void>
  /** Wipes what Alertmanager's retries are known by, and the markers of what was deleted, from before this moment. */
  tidy(beforeMs: number): Promise<void>
}

export interface Loaded {
  readonly alerts: readonly AlertRecord[]
  readonly groups: readonly GroupRecord[]
}

/** Keys under which accepted webhooks are remembered. */
export const RETRY_PREFIX = 'webhook.'
const INCARNATION = 'alerts-stream'
const alertKey = (fingerprint: string) => `alert.${fingerprint}`
const groupKey = (key: string) => `group.${shortHash(key)}`

export interface GroupStoreOptions {
  readonly kv: KV
  /** Removes a key without leaving a marker. */
  readonly wipe: (key: string) => Promise<unknown>
  /** Names the present making of the ALERTS stream: sequences of an earlier one mean nothing. */
  readonly incarnation: string
  readonly onBadRecord: (key: string, detail: string) => void
}

export function createGroupStore({ kv, wipe, incarnation, onBadRecord }: GroupStoreOptions): GroupStore {
  const putAlert = async (record: AlertRecord) => {
    await kv.put(alertKey(record.fingerprint), JSON.stringify(record))
  }
  const putGroup = async (record: GroupRecord) => {
    await kv.put(groupKey(record.key), JSON.stringify(record))
  }

  async function readAll(): Promise<Loaded & { readonly incarnation: string | undefined }> {
    const alerts: AlertRecord[] = []
    const groups: GroupRecord[] = []
    let known: string | undefined
    for await (const entry of await kv.history({ key: '>' })) {
      if (entry.operation !== 'PUT') continue
      if (entry.key === INCARNATION) known = entry.string()
      if (entry.key.startsWith('alert.')) collect(alertRecord, entry.key, entry.string(), alerts)
      if (entry.key.startsWith('group.')) collect(groupRecord, entry.key, entry.string(), groups)
    }
    return { alerts, groups, incarnation: known }
  }

  function collect<T>(schema: z.ZodType<T>, key: string, json: string, into: T[]): void {
    const parsed = schema.safeParse(parseJson(json))
    if (parsed.success) into.push(parsed.data)
    else onBadRecord(key, parsed.error.message)
  }

  return {
    async load() {
      const { incarnation: known, ...stored } = await readAll()
      if (known === incarnation) return stored
      const loaded = known === undefined ? stored : rewind(stored)
      await Promise.all([...loaded.groups.map(putGroup), ...loaded.alerts.map(putAlert)])
      await kv.put(INCARNATION, incarnation)
      return loaded
    },
    putAlert,
    putGroup,
    endGroup: (key) => kv.purge(groupKey(key)),
    forgetAlert: (fingerprint) => kv.purge(alertKey(fingerprint)),
    async tidy(ms) {
      for await (const { key, operation, created } of await kv.history({ key: '>' })) {
        if (created.getTime() >= ms) continue
        if (operation !== 'PUT' || key.startsWith(RETRY_PREFIX)) await wipe(key)
      }
    },
  }
}

/**
 * The stream was made anew, so its sequences begin again: all that is known counts as said before its first one.
 * What had not been told then is told again.
 */
function rewind({ alerts, groups }: Loaded): Loaded {
  const told = new Map(groups.map((group) => [group.key, group.flushedSeq]))
  return {
    alerts: alerts.map((record) => {
      const isTold = record.seq <= (told.get(record.groupKey) ?? -1)
      return { ...record, seq: 0, heard: isTold ? record.status : record.heard }
    }),
    groups: groups.map((group) => ({ ...group, flushedSeq: -1 })),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
