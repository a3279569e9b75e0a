import { messageOf } from '@tocsin/runtime'
import { formatMatchers } from '../matchers/format-matcher.ts'
import { type Silence, type SilenceRecord, stateOf, toSilence } from './silence.ts'
import { SilenceError } from './silence-error.ts'

/** A silence as somebody asks for it; with the id of one that there is, a change of that. */
export type WantedSilence = Omit<SilenceRecord, 'id' | 'updatedAt'> & { readonly id?: string | undefined }

/** What is stored for it, in this order: the new silence before the end of the one it replaces, so that nothing is told in between. */
export interface SilenceDecision {
  readonly action: 'create' | 'update' | 'replace'
  readonly silence: SilenceRecord
  readonly ended: SilenceRecord | undefined
}

/**
 * Decides what a posted silence does, as Alertmanager does: what would change the past of a silence ends it, and makes
 * another. @throws {SilenceError} `invalid_silence`
 */
export function decideSilence(
  wanted: WantedSilence,
  previous: Silence | undefined,
  nowMs: number,
  newId: string,
): SilenceDecision {
  const now = new Date(nowMs).toISOString()
  const asked = ready({ ...wanted, id: previous?.record.id ?? newId, updatedAt: now })
  assertSensible(asked, nowMs)
  if (previous && keepsHistory(previous, asked, nowMs))
    return { action: 'update', silence: asked.record, ended: undefined }
  const startsAt = asked.startsMs < nowMs ? now : asked.record.startsAt
  const silence = { ...asked.record, id: newId, startsAt }
  const isOver = !previous || stateOf(previous, nowMs) === 'expired'
  if (isOver) return { action: 'create', silence, ended: undefined }
  return { action: 'replace', silence, ended: endSilence(previous, nowMs) }
}

/** The silence with its end now; undefined when it is over already. */
export function endSilence(silence: Silence, nowMs: number): SilenceRecord | undefined {
  const now = new Date(nowMs).toISOString()
  const state = stateOf(silence, nowMs)
  if (state === 'expired') return undefined
  const startsAt = state === 'pending' ? now : silence.record.startsAt
  return { ...silence.record, startsAt, endsAt: now, updatedAt: now }
}

function ready(record: SilenceRecord): Silence {
  try {
    return toSilence(record)
  } catch (error) {
    throw new SilenceError('invalid_silence', `invalid silence: ${messageOf(error)}`, { cause: error })
  }
}

function assertSensible({ matchers, startsMs, endsMs }: Silence, nowMs: number): void {
  const refuse = (detail: string) => {
    throw new SilenceError('invalid_silence', detail)
  }
  if (endsMs <= startsMs) refuse('Failed to create silence: start time must be before end time')
  if (endsMs < nowMs) refuse("Failed to create silence: end time can't be in the past")
  // Otherwise it would keep quiet whatever lacks these labels, which may be everything.
  if (matchers.every((matcher) => matcher.isEqual && matcher.matches({})))
    refuse('invalid silence: at least one matcher must not match the empty string')
}

function keepsHistory(previous: Silence, asked: Silence, nowMs: number): boolean {
  if (formatMatchers(previous.matchers) !== formatMatchers(asked.matchers)) return false
  const state = stateOf(previous, nowMs)
  if (state === 'pending') return asked.startsMs >= nowMs
  const inSeconds = (ms: number) => Math.floor(ms / 1000)
  return state === 'active' && inSeconds(previous.startsMs) === inSeconds(asked.startsMs)
}
