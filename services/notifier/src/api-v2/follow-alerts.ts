import type { Labels } from '@tocsin/contract'
import { backoffMs, type ConsumeDeps, createThrottle, sleep, watchBucket } from '@tocsin/runtime'
import type { z } from 'zod'
import { type AlertRecord, alertRecord } from '../grouping/records.ts'
import { createInhibition } from '../policy/inhibition.ts'
import type { Policy } from '../policy/policy.ts'
import { labelsOfRecord } from '../policy/routing-labels.ts'
import { type PostedRecord, postedRecord } from '../posted/posted-record.ts'
import { POSTED_PREFIX } from '../posted/posted-store.ts'
import { recordsOf } from '../records/batch.ts'

const ALERT_PREFIX = 'alert.'
const readAlert = jsonReader(alertRecord)
const readPosted = jsonReader(postedRecord)

/**
 * The alerts that fire, as the notifier at work has stored them. Every replica follows that: it can answer for all, also
 * while nobody is at work.
 */
export interface FiringAlerts {
  list(): readonly AlertRecord[]
  get(fingerprint: string): AlertRecord | undefined
  /** When an alert that was posted ends if it is not posted again. Milliseconds since the epoch. */
  endOf(fingerprint: string): number | undefined
  /** The alerts that inhibit one with these labels. */
  inhibitedBy(labels: Labels): readonly string[]
  /** Calls back when an alert has ended. The function returned ends that. */
  onEnd(listener: (fingerprint: string) => void): () => void
}

/** The firing alerts, from the bucket or from whoever writes it. */
export interface FollowedAlerts extends FiringAlerts, AlertsWriter {
  /** From now on another process may write: its bucket is followed again. Done again, it changes nothing. */
  follow(): void
}

/** What the process that writes the bucket says itself: it need not be sent back to it. */
export interface AlertsWriter {
  /** From now on this process writes; `records` is what the bucket holds. */
  lead(records: readonly AlertRecord[]): void
  /** A record was stored. */
  stored(record: AlertRecord): void
  /** What is known of a posted alert by now: not each refresh of it is stored. */
  posted(record: PostedRecord): void
}

/** Follows the alerts in the bucket `groups`; resolves once all are known. */
export async function followAlerts(deps: ConsumeDeps, policy: () => Policy): Promise<FollowedAlerts> {
  const firing = new Map<string, AlertRecord>()
  const ends = new Map<string, number>()
  const listeners = new Set<(fingerprint: string) => void>()
  const throttle = createThrottle(deps.clock)
  const inhibition = createInhibition(policy)
  const { signal } = deps.lifecycle
  let adopted = policy()
  /** Ends the present reading of the bucket; undefined while this process writes it. */
  let reading: AbortController | undefined

  function end(fingerprint: string): void {
    const record = firing.get(fingerprint)
    if (!record) return
    firing.delete(fingerprint)
    inhibition.observe(fingerprint, labelsOfRecord(record), 'resolved')
    for (const listener of [...listeners]) listener(fingerprint)
  }

  function put(record: AlertRecord): void {
    if (record.status !== 'firing') {
      end(record.fingerprint)
      return
    }
    firing.set(record.fingerprint, record)
    inhibition.observe(record.fingerprint, labelsOfRecord(record), 'firing')
  }

  function putEnd({ fingerprint, isFiring, alert }: PostedRecord): void {
    if (isFiring) ends.set(fingerprint, Date.parse(alert.endsAt))
    else ends.delete(fingerprint)
  }

  function replaceAll(records: ReadonlyMap<string, AlertRecord>): void {
    for (const fingerprint of [...firing.keys()]) if (!records.has(fingerprint)) end(fingerprint)
    for (const record of records.values()) put(record)
  }

  function read(fingerprint: string, value: string): AlertRecord | undefined {
    const record = readAlert(value)
    if (record) return record
    const due = throttle('bad record')
    if (due)
      deps.log.error({ fingerprint, ...due }, 'the record of an alert cannot be read, and is not shown')
    return undefined
  }

  function takePosted(fingerprint: string, value: string | undefined): void {
    const record = value === undefined ? undefined : readPosted(value)
    if (record) putEnd(record)
    else ends.delete(fingerprint)
  }

  /** What is stored is read from its beginning; until its end, what was known before is shown. */
  async function watch(ended: AbortSignal): Promise<void> {
    let before: Map<string, AlertRecord> | undefined = new Map()

    function take(key: string, value: string | undefined): void {
      if (ended.aborted) return
      for (const [one, text] of recordsOf(key, value)) {
        if (one.startsWith(POSTED_PREFIX)) takePosted(one.slice(POSTED_PREFIX.length), text)
        if (!one.startsWith(ALERT_PREFIX)) continue
        const fingerprint = one.slice(ALERT_PREFIX.length)
        const record = text === undefined ? undefined : read(fingerprint, text)
        if (!before) record ? put(record) : end(fingerprint)
        else if (record) before.set(fingerprint, record)
        else before.delete(fingerprint)
      }
    }

    const reader = await watchBucket(deps, 'groups', {
      onPut: take,
      onDelete: (key) => take(key, undefined),
      onCurrent() {
        if (!ended.aborted && before) replaceAll(before)
        before = undefined
      },
      onRecreated() {
        if (ended.aborted) return
        ends.clear()
        if (before) before.clear()
        else replaceAll(new Map())
      },
    })
    ended.addEventListener('abort', () => void reader.stop(), { once: true })
    if (ended.aborted) await reader.stop()
    else await reader.caughtUp
  }

  async function watchAgain(ended: AbortSignal): Promise<void> {
    for (let tries = 0; !ended.aborted && !signal.aborted; tries++) {
      try {
        return await watch(ended)
      } catch (error) {
        if (tries === 0)
          deps.log.warn({ err: error }, 'the alerts shown are those of before, until NATS answers')
        await sleep(deps.clock, backoffMs(tries, 100, 5000), AbortSignal.any([ended, signal]))
      }
    }
  }

  reading = new AbortController()
  await watch(reading.signal)

  return {
    lead(records) {
      reading?.abort()
      reading = undefined
      ends.clear()
      replaceAll(new Map(records.map((record) => [record.fingerprint, record])))
    },
    stored(record) {
      if (!reading) put(record)
    },
    posted(record) {
      if (!reading) putEnd(record)
    },
    follow() {
      if (reading || signal.aborted) return
      reading = new AbortController()
      void watchAgain(reading.signal)
    },
    list: () => [...firing.values()],
    get: (fingerprint) => firing.get(fingerprint),
    endOf: (fingerprint) => ends.get(fingerprint),
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

/** Reads records of one kind; undefined where one cannot be read. */
function jsonReader<T>(schema: z.ZodType<T>): (text: string) => T | undefined {
  return (text) => {
    try {
      return schema.safeParse(JSON.parse(text)).data
    } catch {
      return undefined
    }
  }
}
