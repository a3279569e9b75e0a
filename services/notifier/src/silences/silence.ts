import { stringMap, timestamp } from '@tocsin/contract'
import { z } from 'zod'
import { createMatcher, type Matcher } from '../matchers/matcher.ts'

/** A silence as it is kept under `silence.<id>` of the bucket `silences`, in the fields of Alertmanager's API. */
export const silenceRecord = z.object({
  id: z.string().min(1),
  matchers: z
    .array(z.object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean() }))
    .min(1),
  startsAt: timestamp,
  endsAt: timestamp,
  updatedAt: timestamp,
  createdBy: z.string(),
  comment: z.string(),
  annotations: stringMap.optional(),
})
export type SilenceRecord = z.infer<typeof silenceRecord>

export type SilenceState = 'pending' | 'active' | 'expired'

/** A silence that is ready to be asked. Times in milliseconds since the epoch. */
export interface Silence {
  readonly record: SilenceRecord
  readonly matchers: readonly Matcher[]
  readonly startsMs: number
  readonly endsMs: number
}

/** Makes a silence ready. @throws {MatcherError} */
export function toSilence(record: SilenceRecord): Silence {
  return {
    record,
    matchers: record.matchers.map(createMatcher),
    startsMs: Date.parse(record.startsAt),
    endsMs: Date.parse(record.endsAt),
  }
}

export function stateOf({ startsMs, endsMs }: Silence, nowMs: number): SilenceState {
  if (nowMs >= endsMs) return 'expired'
  return nowMs < startsMs ? 'pending' : 'active'
}
