import type { z } from 'zod'
import type { AlertsWriter } from '../api-v2/follow-alerts.ts'
import type { Policy } from '../policy/policy.ts'
import type { RecordBucket } from '../records/record-bucket.ts'
import { formerAlert, formerGroup, presentGroup } from './former-records.ts'
import { shortHash } from './group-key.ts'
import { type AlertRecord, alertRecord, type GroupRecord } from './records.ts'
import { decodeGroup, encodeGroup, storedGroup } from './told-codec.ts'

/** What the notifier knows of alerts and groups, in the bucket `groups`. A write resolves once it is durable. */
export interface GroupStore {
  load(): Promise<Loaded>
  putAlert(record: AlertRecord): Promise<void>
  putGroup(record: GroupRecord): Promise<void>
  endGroup(key: string): Promise<void>
  forgetAlert(fingerprint: string): Promise<void>
}

export interface Loaded {
  readonly alerts: readonly AlertRecord[]
  readonly groups: readonly GroupRecord[]
}

const INCARNATION = 'alerts-stream'
const STORED = ['alert.', 'group.', 'told.', INCARNATION]
const alertKey = (fingerprint: string) => `alert.${fingerprint}`
const groupKey = (key: string) => `group.${shortHash(key)}`
/** Two sets of names in turn: until the record names the new pages, the old ones stand. */
const pageKey = (key: string, turn: number, page: number) => `told.${shortHash(key)}.${turn % 2}.${page}`

export interface GroupStoreOptions {
  readonly records: RecordBucket
  readonly firing: AlertsWriter
  /** Names the present making of the ALERTS stream: sequences of an earlier one mean nothing. */
  readonly incarnation: string
  /** The policy of before there was a configuration file: what groups of then had told is read by it. */
  readonly formerPolicy: Policy
  readonly onBadRecord: (key: string, detail: string) => void
}

export function createGroupStore(options: GroupStoreOptions): GroupStore {
  const { records, firing, incarnation, onBadRecord } = options
  /** The pages that a group's record names, and how often these were written. */
  const pagesOf = new Map<string, { readonly turn: number; readonly names: readonly string[] }>()

  const putAlert = async (record: AlertRecord) => {
    await records.put(alertKey(record.fingerprint), JSON.stringify(record))
    firing.stored(record)
  }

  async function putGroup(record: GroupRecord): Promise<void> {
    const before = pagesOf.get(record.key)
    const turn = (before?.turn ?? 0) + 1
    const { stored, pages } = encodeGroup(record, (page) => pageKey(record.key, turn, page))
    for (const [name, text] of pages) await records.put(name, text)
    await records.put(groupKey(record.key), JSON.stringify(stored))
    if (pages.size > 0) pagesOf.set(record.key, { turn, names: [...pages.keys()] })
    else pagesOf.delete(record.key)
    for (const name of before?.names ?? []) await records.remove(name)
  }

  async function endGroup(key: string): Promise<void> {
    await records.remove(groupKey(key))
    for (const name of pagesOf.get(key)?.names ?? []) await records.remove(name)
    pagesOf.delete(key)
  }

  function read<T>(schema: z.ZodType<T>, [key, json]: readonly [string, string]): T | undefined {
    const parsed = schema.safeParse(parseJson(json))
    if (parsed.success) return parsed.data
    onBadRecord(key, parsed.error.message)
    return undefined
  }

  function groupOf(key: string, json: string, entries: ReadonlyMap<string, string>): GroupRecord | undefined {
    const stored = read(storedGroup, [key, json])
    if (!stored) return undefined
    const group = decodeGroup(stored, (name) => entries.get(name))
    if (!group) onBadRecord(key, 'some of its pages are missing')
    const names = stored.pages?.names ?? []
    if (names[0]) pagesOf.set(stored.key, { turn: Number(names[0].split('.')[2]), names })
    return group
  }

  /** The groups; those of the former shape are written anew before an alert that they are read by can change. */
  async function readGroups(entries: ReadonlyMap<string, string>): Promise<readonly GroupRecord[]> {
    const groups: GroupRecord[] = []
    const former = formerAlertsOf(entries)
    for (const [key, json] of entries) {
      if (!key.startsWith('group.')) continue
      const { data: old } = formerGroup.safeParse(parseJson(json))
      const group = old
        ? presentGroup(old, former.get(old.key) ?? [], options.formerPolicy)
        : groupOf(key, json, entries)
      if (group) groups.push(group)
      if (group && old) await putGroup(group)
    }
    return groups
  }

  return {
    async load() {
      const entries = new Map(STORED.flatMap((prefix) => [...records.takeLoaded(prefix)]))
      const groups = await readGroups(entries)
      const alerts = [...entries]
        .filter(([key]) => key.startsWith('alert.'))
        .flatMap((entry) => read(alertRecord, entry) ?? [])
      firing.lead(alerts)
      const known = entries.get(INCARNATION)
      if (known === incarnation) return { alerts, groups }
      // The stream was made anew, so its sequences begin again: all that is known counts as said before its first one.
      const rewound = known === undefined ? alerts : alerts.map((record) => ({ ...record, seq: 0 }))
      await Promise.all(rewound.map(putAlert))
      await records.put(INCARNATION, incarnation)
      return { alerts: rewound, groups }
    },
    putAlert,
    putGroup,
    endGroup,
    forgetAlert: (fingerprint) => records.remove(alertKey(fingerprint)),
  }
}

function formerAlertsOf(entries: ReadonlyMap<string, string>) {
  const alerts = new Map<string, z.infer<typeof formerAlert>[]>()
  for (const [key, json] of entries) {
    if (!key.startsWith('alert.')) continue
    const { data } = formerAlert.safeParse(parseJson(json))
    if (!data) continue
    const found = alerts.get(data.groupKey)
    if (found) found.push(data)
    else alerts.set(data.groupKey, [data])
  }
  return alerts
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
