import type { Labels } from '@tocsin/contract'
import { type ConsumeDeps, createThrottle } from '@tocsin/runtime'
import { type AlertRecord, alertRecord } from '../grouping/records.ts'
import { createInhibition } from '../policy/inhibition.ts'
import type { Policy } from '../policy/policy.ts'
import { labelsOfRecord } from '../policy/routing-labels.ts'
import { openFollowedBucket } from '../silences/followed-bucket.ts'

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
export async function followAlerts(deps: ConsumeDeps, policy: () => Policy): Promise<FiringAlerts> {
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
    const parsed = alertRecord.safeParse(parseJson(value))
    if (parsed.success && parsed.data.status === 'firing') {
      firing.set(fingerprint, parsed.data)
      inhibition.observe(fingerprint, labelsOfRecord(parsed.data), 'firing')
      return
    }
    end(fingerprint)
    const due = parsed.success ? undefined : throttle('bad record')
    if (due)
      deps.log.error({ fingerprint, ...due }, 'the record of an alert cannot be read, and is not shown')
  }

  const bucket = await openFollowedBucket(deps, 'groups')
  bucket.follow('alert', {
    put,
    delete: end,
    clear() {
      for (const fingerprint of [...firing.keys()]) end(fingerprint)
    },
  })
  await bucket.begin()

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
