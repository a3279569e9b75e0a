import type { Labels } from '@tocsin/contract'
import { type ConsumeDeps, createThrottle, watchBucket } from '@tocsin/runtime'
import { type AlertRecord, alertRecord } from '../grouping/records.ts'
import { createInhibition } from '../policy/inhibition.ts'
import type { Policy } from '../policy/policy.ts'
import { labelsOfRecord } from '../policy/routing-labels.ts'
import { recordsOf } from '../records/batch.ts'
import type { Written } from '../records/written.ts'

const ALERT_PREFIX = 'alert.'

/**
 * The alerts that fire, as the notifier at work has stored them. Every replica follows that: it can answer for all, also
 * while nobody is at work.
 */
export interface FiringAlerts {
  list(): readonly AlertRecord[]
  get(fingerprint: string): AlertRecord | undefined
  /** The alerts that inhibit one with these labels. */
  inhibitedBy(labels: Labels): readonly string[]
  /** Calls back when an alert has ended. The function returned ends that. */
  onEnd(listener: (fingerprint: string) => void): () => void
}

/** Follows the alerts in the bucket `groups`; resolves once all are known. */
export async function followAlerts(
  deps: ConsumeDeps,
  policy: () => Policy,
  written: Written<AlertRecord>,
): Promise<FiringAlerts> {
  const firing = new Map<string, AlertRecord>()
  const listeners = new Set<(fingerprint: string) => void>()
  const throttle = createThrottle(deps.clock)
  const inhibition = createInhibition(policy)
  let adopted = policy()

  function end(fingerprint: string): void {
    const record = firing.get(fingerprint)
    if (!record) return
    firing.delete(fingerprint)
    inhibition.observe(fingerprint, labelsOfRecord(record), 'resolved')
    for (const listener of [...listeners]) listener(fingerprint)
  }

  function put(fingerprint: string, value: string): void {
    const record = written.recall(fingerprint, value) ?? read(fingerprint, value)
    if (record?.status === 'firing') {
      firing.set(fingerprint, record)
      inhibition.observe(fingerprint, labelsOfRecord(record), 'firing')
    } else end(fingerprint)
  }

  function read(fingerprint: string, value: string): AlertRecord | undefined {
    const parsed = alertRecord.safeParse(parseJson(value))
    if (parsed.success) return parsed.data
    const due = throttle('bad record')
    if (due)
      deps.log.error({ fingerprint, ...due }, 'the record of an alert cannot be read, and is not shown')
    return undefined
  }

  function follow(key: string, value: string | undefined): void {
    for (const [one, text] of recordsOf(key, value)) {
      if (!one.startsWith(ALERT_PREFIX)) continue
      const fingerprint = one.slice(ALERT_PREFIX.length)
      if (text === undefined) end(fingerprint)
      else put(fingerprint, text)
    }
  }

  const watch = await watchBucket(deps, 'groups', {
    onPut: follow,
    onDelete: (key) => follow(key, undefined),
    onRecreated() {
      for (const fingerprint of [...firing.keys()]) end(fingerprint)
    },
  })
  await watch.caughtUp

  return {
    list: () => [...firing.values()],
    get: (fingerprint) => firing.get(fingerprint),
    inhibitedBy(labels) {
      const holding = policy()
      if (holding !== adopted) {
        adopted = holding
        inhibition.adoptPolicy()
      }
      const source = inhibition.inhibitedBy(labels)
      return source === undefined ? [] : [source]
    },
    onEnd(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
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
