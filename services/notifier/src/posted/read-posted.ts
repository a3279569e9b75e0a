import { type PostedAlert, stringMap } from '@tocsin/contract'
import { z } from 'zod'
import { v2Time } from '../api-v2/v2-time.ts'
import { cutAnnotations } from '../outbox/cut-annotations.ts'

/** The body of a request to `POST /api/v2/alerts`. */
export const postableAlerts = z
  .array(
    z.object({
      labels: stringMap,
      annotations: stringMap.nullish(),
      startsAt: v2Time.nullish(),
      endsAt: v2Time.nullish(),
      generatorURL: z.union([z.literal(''), z.url()]).nullish(),
    }),
  )
  .nullable()
  .transform((alerts) => alerts ?? [])
type PostableAlert = z.infer<typeof postableAlerts>[number]

export interface ReadPosted {
  readonly valid: readonly PostedAlert[]
  /** Of each alert that is not, what is wrong with it. */
  readonly faults: readonly string[]
}

/** Beyond this, an alert with what its group adds fits no message. */
const MOST_LABEL_CHARACTERS = 64 * 1024

/** Completes posted alerts as Alertmanager does, and tells the valid ones from the others. */
export function readPosted(
  alerts: readonly PostableAlert[],
  { nowMs, resolveTimeoutMs }: { readonly nowMs: number; readonly resolveTimeoutMs: number },
): ReadPosted {
  const valid: PostedAlert[] = []
  const faults: string[] = []
  for (const { labels: given, annotations, generatorURL, ...times } of alerts) {
    const labels = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
    const startsMs = times.startsAt ?? times.endsAt ?? nowMs
    const endsMs = times.endsAt ?? nowMs + resolveTimeoutMs
    const fault = faultOf(labels, startsMs, endsMs)
    if (fault) faults.push(fault)
    else
      valid.push({
        labels,
        annotations: cutAnnotations(annotations ?? {}),
        startsAt: new Date(startsMs).toISOString(),
        endsAt: new Date(endsMs).toISOString(),
        timeout: times.endsAt === undefined || times.endsAt === null,
        generatorURL: generatorURL ?? '',
      })
  }
  return { valid, faults }
}

function faultOf(
  labels: Readonly<Record<string, string>>,
  startsMs: number,
  endsMs: number,
): string | undefined {
  const names = Object.keys(labels)
  if (names.length === 0) return 'at least one label pair required'
  if (names.includes('')) return 'invalid label set: invalid name ""'
  if (endsMs < startsMs) return 'start time must be before end time'
  const characters = Object.entries(labels).reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    0,
  )
  return characters > MOST_LABEL_CHARACTERS
    ? `its labels have ${characters} characters, at most ${MOST_LABEL_CHARACTERS} are taken`
    : undefined
}
