import type { Bus } from '@tocsin/runtime'
import { type LogPage, readLog } from '../delivery/read-log.ts'
import { type Letter, letterOf } from './letter.ts'

export interface LetterFilter {
  readonly reason?: string | undefined
  readonly channel?: string | undefined
  readonly sinceMs?: number | undefined
  readonly untilMs?: number | undefined
  readonly limit: number
}

const SHOWN_BYTES = 4096

/** The notifier's dead letters that a filter names, newest first. */
export function findLetters(
  bus: Pick<Bus, 'js' | 'jsm' | 'streamName' | 'subjects'>,
  { reason, channel, ...rest }: LetterFilter,
): Promise<LogPage<Letter>> {
  return readLog(bus, {
    ...rest,
    stream: 'DEAD_LETTERS',
    filterSubject: reason === undefined ? anyReason(bus) : bus.subjects.deadLetter('notifier', reason),
    read(message) {
      const letter = letterOf(bus, message, SHOWN_BYTES)
      return channel === undefined || letter.channel === channel ? letter : undefined
    },
  })
}

/** One subject filter for all of ours. */
export function anyReason({ subjects }: Pick<Bus, 'subjects'>): string {
  const exact = subjects.deadLetter('notifier', 'x')
  return `${exact.slice(0, exact.lastIndexOf('.'))}.*`
}
