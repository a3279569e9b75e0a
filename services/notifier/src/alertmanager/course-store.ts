import type { KV } from '@nats-io/kv'
import { z } from 'zod'
import { type Course, courseRecord } from './course.ts'

/** What is remembered of alerts and Alertmanagers, in the bucket `alertmanager`. A write resolves once it is durable. */
export interface CourseStore {
  load(): Promise<Remembered>
  put(course: Course): Promise<void>
  forget(fingerprint: string): Promise<void>
  /** That webhooks of these Alertmanagers come. */
  putWebhookSeen(targets: string): Promise<void>
  /** When one of them could be reached again after an outage. */
  putReturned(ms: number): Promise<void>
}

export interface Remembered {
  readonly courses: readonly Course[]
  readonly webhookSeen: string | undefined
  readonly returnedMs: number | undefined
}

const COURSE = 'course.'
const WEBHOOK = 'webhook-seen'
const RETURNED = 'returned'
const time = z.coerce.number().finite()

export interface CourseStoreOptions {
  readonly kv: KV
  /** Removes a revision of a key without leaving a marker. */
  readonly erase: (revision: number) => Promise<void>
  /** Throws when this process must leave the work to another. */
  readonly assertOurs: () => void
  readonly onBadRecord: (key: string, detail: string) => void
}

export function createCourseStore({ kv, erase, assertOurs, onBadRecord }: CourseStoreOptions): CourseStore {
  const put = async (key: string, value: string) => {
    assertOurs()
    await kv.put(key, value)
  }
  return {
    async load() {
      const courses: Course[] = []
      let webhookSeen: string | undefined
      let returnedMs: number | undefined
      for await (const entry of await kv.history({ key: '>' })) {
        if (entry.operation !== 'PUT') continue
        const { key } = entry
        if (key === WEBHOOK) webhookSeen = entry.string()
        if (key === RETURNED) returnedMs = time.safeParse(entry.string()).data
        if (!key.startsWith(COURSE)) continue
        const parsed = courseRecord.safeParse(parseJson(entry.string()))
        if (parsed.success) courses.push(parsed.data)
        else onBadRecord(key, parsed.error.message)
      }
      return { courses, webhookSeen, returnedMs }
    },
    put: (course) => put(`${COURSE}${course.fingerprint}`, JSON.stringify(course)),
    async forget(fingerprint) {
      assertOurs()
      const entry = await kv.get(`${COURSE}${fingerprint}`)
      if (entry) await erase(entry.revision)
    },
    putWebhookSeen: (targets) => put(WEBHOOK, targets),
    putReturned: (ms) => put(RETURNED, String(ms)),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
