import type { Bus } from '@tocsin/runtime'
import { codeOf, messageOf } from '@tocsin/runtime'
import { findLetters, type LetterFilter } from './find-letters.ts'
import { type ReplayDeps, replayLetter } from './replay-letter.ts'

export interface ReplayedMany {
  readonly replayed: number
  /** What could not be replayed, and what to do about it. */
  readonly left: readonly { readonly sequence: number; readonly detail: string }[]
  /** There are more than were looked at: call again. */
  readonly more: boolean
}

/** Replays all that a filter names, the oldest first, so that what belongs together keeps its order. */
export async function replayLetters(
  filter: LetterFilter,
  deps: ReplayDeps & { readonly bus: Bus },
): Promise<ReplayedMany> {
  const { found, complete } = await findLetters(deps.bus, filter)
  let replayed = 0
  const left: { sequence: number; detail: string }[] = []
  for (const { sequence } of found.toReversed()) {
    try {
      if ((await replayLetter(sequence, deps)).status === 'replayed') replayed++
    } catch (error) {
      if (codeOf(error) !== 'not_replayable') throw error
      left.push({ sequence, detail: messageOf(error) })
    }
  }
  return { replayed, left, more: !complete || found.length >= filter.limit }
}
