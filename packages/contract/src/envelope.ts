import { z } from 'zod'

/** The version of every event on this contract. A breaking change raises it. */
export const CONTRACT_VERSION = 1

/** A point in time as RFC 3339 with an offset, e.g. `2026-03-01T12:00:00.000Z`. */
export const timestamp = z.iso.datetime({ offset: true })

/** Label or annotation pairs. */
export const stringMap = z.record(z.string(), z.string())

/** A label set, without `__name__`. Shared and immutable: services intern these objects. */
export type Labels = Readonly<Record<string, string>>

/** What every event that a Tocsin service publishes carries. */
export const envelope = {
  v: z.literal(CONTRACT_VERSION).describe('contract version'),
  id: z.string().min(1).max(200).describe('unique; a repeated id is the same event'),
  time: timestamp.describe('when it happened'),
  source: z.string().min(1).max(200).describe('who published it'),
}
