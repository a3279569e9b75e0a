import { type DynamicAlertSettings, dynamicAlertSettings } from '@tocsin/contract'
import { CodedError, type ConsumeDeps, messageOf, sleep, watchBucket } from '@tocsin/runtime'
import type { z } from 'zod'
import { isWrongRevision } from '../state/wrong-revision.ts'
import { emptyRecord, type ServiceRecord, serviceRecord } from './service-record.ts'

/** What is known of services, and what users say of them: the same in every replica, in the bucket `dynamic-alerts`. */
export interface DynamicRecords {
  /** Services of which anything is known, in the order of their names. */
  services(): readonly string[]
  knows(service: string): boolean
  record(service: string): ServiceRecord
  settings(service: string): DynamicAlertSettings
  /** Changes a record, on top of what others wrote meanwhile; nothing is written when the change answers undefined. */
  update(
    service: string,
    change: (record: ServiceRecord) => ServiceRecord | 'forget' | undefined,
  ): Promise<void>
  putSettings(service: string, settings: DynamicAlertSettings): Promise<void>
  /** False: there were none. */
  deleteSettings(service: string): Promise<boolean>
  /** What is stored and cannot be read, in the order of names: what follows from it is not known. */
  unreadable(): readonly string[]
  /** Calls back after every change. */
  onChange(fn: () => void): void
  stop(): Promise<void>
}

/** How long a write waits for its own echo. */
const ECHO_MS = 2000
const MOST_ATTEMPTS = 10
const NO_SETTINGS: DynamicAlertSettings = {}

/** Follows the bucket; resolves when all that it holds has been read. */
export async function followRecords(deps: ConsumeDeps): Promise<DynamicRecords> {
  const { bus, clock, log } = deps
  const kv = await bus.kv('dynamic-alerts')
  const records = new Map<string, ServiceRecord>()
  const settings = new Map<string, DynamicAlertSettings>()
  const unreadable = new Map<string, string>()
  const listeners = new Set<() => void>()
  const waiting = new Set<() => void>()
  const current = Promise.withResolvers<void>()
  let revision = 0

  function take(key: string, text: string | undefined, at: number): void {
    revision = at
    unreadable.delete(key)
    if (key.startsWith(SEEN)) keep(records, key, serviceRecord, text)
    else if (key.startsWith(SETTINGS)) keep(settings, key, dynamicAlertSettings, text)
    for (const listener of listeners) listener()
    for (const check of [...waiting]) check()
  }
  /** What cannot be read leaves what was there before. */
  function keep<T>(kept: Map<string, T>, key: string, schema: z.ZodType<T>, text: string | undefined): void {
    const service = serviceOf(key)
    if (text === undefined) kept.delete(service)
    else
      try {
        kept.set(service, schema.parse(JSON.parse(text)))
      } catch (error) {
        unreadable.set(key, service)
        log.error(
          { ofService: service, key, reason: messageOf(error) },
          'what is stored of dynamic alerts cannot be read, and is left alone: delete the key in the bucket dynamic-alerts',
        )
      }
  }
  const watch = await watchBucket(deps, 'dynamic-alerts', {
    onPut: take,
    onDelete: (key, at) => take(key, undefined, at),
    onCurrent: () => current.resolve(),
    onRecreated() {
      for (const kept of [records, settings, unreadable]) kept.clear()
      for (const listener of listeners) listener()
    },
  })
  await current.promise

  /** Resolves once the watch has come to this revision. */
  function echoOf(wanted: number): Promise<unknown> {
    if (revision >= wanted) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    const check = () => {
      if (revision < wanted) return
      waiting.delete(check)
      resolve()
    }
    waiting.add(check)
    return Promise.race([promise, sleep(clock, ECHO_MS).then(() => waiting.delete(check))])
  }

  const textOf = (record: ServiceRecord) => JSON.stringify({ ...record, changedMs: clock.now() })

  return {
    services: () => [...new Set([...records.keys(), ...settings.keys()])].sort(),
    knows: (service) => records.has(service) || settings.has(service),
    record: (service) => records.get(service) ?? emptyRecord(service),
    settings: (service) => settings.get(service) ?? NO_SETTINGS,
    async update(service, change) {
      const key = keyOf(SEEN, service)
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        const entry = await kv.get(key)
        const stored = entry?.operation === 'PUT' ? serviceRecord.parse(entry.json()) : emptyRecord(service)
        const changed = change(stored)
        if (!changed) return
        try {
          const previousSeq = entry?.revision ?? 0
          if (changed === 'forget') await kv.delete(key, { previousSeq })
          else await echoOf(await kv.put(key, textOf(changed), { previousSeq }))
          return
        } catch (error) {
          if (!isWrongRevision(error)) throw error
        }
      }
      throw new CodedError('contended', `what is known of ${service} is written by others all the time`, {
        retryable: true,
      })
    },
    async putSettings(service, wanted) {
      await echoOf(await kv.put(keyOf(SETTINGS, service), JSON.stringify(wanted)))
    },
    async deleteSettings(service) {
      if (!settings.has(service)) return false
      await kv.delete(keyOf(SETTINGS, service))
      await echoOf((await kv.get(keyOf(SETTINGS, service)))?.revision ?? 0)
      return true
    },
    unreadable: () => [...new Set(unreadable.values())].sort(),
    onChange: (fn) => void listeners.add(fn),
    stop: () => watch.stop(),
  }
}

const SEEN = 'seen.'
const SETTINGS = 'settings.'

/** A service's name made of the letters that a bucket allows. */
function keyOf(kind: string, service: string): string {
  return kind + Buffer.from(service).toString('base64url')
}

function serviceOf(key: string): string {
  return Buffer.from(key.slice(key.indexOf('.') + 1), 'base64url').toString()
}
