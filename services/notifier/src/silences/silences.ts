import { randomUUID } from 'node:crypto'
import type { Labels } from '@tocsin/contract'
import type { Clock } from '@tocsin/runtime'
import { decideSilence, endSilence, type WantedSilence } from './decide-silence.ts'
import type { FollowedBucket, Stored } from './followed-bucket.ts'
import { type Silence, type SilenceRecord, silenceRecord, toSilence } from './silence.ts'
import { createSilenceBook } from './silence-book.ts'
import { SilenceError } from './silence-error.ts'

/** The silences: every replica knows all of them, and may change them. */
export interface Silences {
  get(id: string): Silence | undefined
  list(): readonly Silence[]
  /** The ids of the silences that mute these labels. Labels are told apart by identity: they must never change. */
  silencedBy(labels: Labels, nowMs: number): readonly string[]
  /** Makes or changes a silence; answers its id once it is stored. @throws {SilenceError} */
  set(wanted: WantedSilence): Promise<string>
  /** Ends a silence now. @throws {SilenceError} `not_found` */
  expire(id: string): Promise<void>
  /** Removes the silences that ended before this moment; answers how many. */
  forgetEndedBefore(ms: number): Promise<number>
  stop(): void
}

export interface SilencesDeps {
  readonly bucket: FollowedBucket
  readonly clock: Clock
  /** Called when what is muted may have changed. */
  readonly onChange: () => void
  readonly onBadRecord: (key: string, error: unknown) => void
}

const PREFIX = 'silence'
const keyOf = (id: string) => `${PREFIX}.${id}`
const MOST_TRIES = 5

/** Where it is kept that people were reminded of the end of a silence. */
export const reminderKey = (id: string) => `reminded.${id}`

/** The silences of a bucket, which is to be begun afterwards. */
export function createSilences({ bucket, clock, onChange, onBadRecord }: SilencesDeps): Silences {
  const book = createSilenceBook(clock, onChange)
  bucket.follow(PREFIX, {
    put(id, value) {
      try {
        book.put(parse(value))
      } catch (error) {
        // What cannot be read mutes nothing.
        book.delete(id)
        onBadRecord(keyOf(id), error)
      }
    },
    delete: book.delete,
    clear: book.clear,
  })

  const write = (record: SilenceRecord, previous: Stored | undefined) =>
    bucket.write(keyOf(record.id), JSON.stringify(record), previous)

  /** What is stored now, which may be newer than what this replica has heard of. */
  async function stored(id: string): Promise<Stored> {
    const found = await bucket.read(keyOf(id))
    if (!found) throw new SilenceError('not_found', `silence ${id} not found`)
    return found
  }

  async function trySet(wanted: WantedSilence, newId: string): Promise<string | undefined> {
    const previous = wanted.id ? await stored(wanted.id) : undefined
    const { silence, ended, action } = decideSilence(
      wanted,
      previous && parse(previous.value),
      clock.now(),
      newId,
    )
    if (action === 'update') return (await write(silence, previous)) ? silence.id : undefined
    // The new one first: in between, nothing that either of them mutes is told.
    const isMade = (await write(silence, undefined)) || (await bucket.read(keyOf(newId))) !== undefined
    if (!isMade || (ended && !(await write(ended, previous)))) return undefined
    return silence.id
  }

  async function tryExpire(id: string): Promise<boolean> {
    const previous = await stored(id)
    const ended = endSilence(parse(previous.value), clock.now())
    return ended === undefined || (await write(ended, previous))
  }

  return {
    get: book.get,
    list: book.list,
    silencedBy: book.silencedBy,
    async set(wanted) {
      const newId = randomUUID()
      const id = await untilNobodyWasQuicker(() => trySet(wanted, newId))
      return id
    },
    async expire(id) {
      await untilNobodyWasQuicker(async () => (await tryExpire(id)) || undefined)
    },
    async forgetEndedBefore(ms) {
      const old = book.list().filter(({ endsMs }) => endsMs < ms)
      for (const { record } of old) {
        await bucket.wipe(reminderKey(record.id))
        await bucket.wipe(keyOf(record.id))
        book.delete(record.id)
      }
      return old.length
    },
    stop: book.stop,
  }
}

function parse(value: string): Silence {
  return toSilence(silenceRecord.parse(JSON.parse(value)))
}

async function untilNobodyWasQuicker<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const done = await attempt()
    if (done !== undefined) return done
  }
  throw new SilenceError('conflict', 'others are changing this silence at the same time: try again')
}
