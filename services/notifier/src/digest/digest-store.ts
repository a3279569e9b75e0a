import { type DigestEntry, digestEntry } from '@tocsin/contract'
import { CodedError, messageOf, type RedisConnection } from '@tocsin/runtime'
import { z } from 'zod'
import { shortHash } from '../grouping/group-key.ts'

/** A batch that is being sent. Its id stays the same until it is done, whoever goes on with it. */
export interface DigestBatch {
  readonly id: string
  /** By the id of the message that they came in with. */
  readonly messages: ReadonlyMap<string, readonly DigestEntry[]>
}

/** The entries that wait for the next digest of each book, in Redis. Every call may be repeated without harm. */
export interface DigestStore {
  /** Keeps a message's entries, unless they are kept or have been sent already. */
  add(book: string, messageId: string, entries: readonly DigestEntry[]): Promise<'waiting' | 'sent'>
  /** The batch that a crash left unfinished, or else all that waits, made one batch under `newId`. */
  take(book: string, newId: string): Promise<DigestBatch | undefined>
  /** The batch that a crash left unfinished. */
  unfinished(book: string): Promise<DigestBatch | undefined>
  /** The batch is in the outbox: its messages are remembered as sent. */
  finish(book: string, batchId: string, nowMs: number): Promise<void>
}

/** As long as a message may come back: the outbox gives none up sooner. */
const REMEMBER_SENT_MS = 8 * 86_400_000

const ADD = `
if redis.call('ZSCORE', KEYS[4], ARGV[1]) then return 'sent' end
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) end
return 'waiting'`

// Renaming is what makes a batch: from then on nothing joins it.
const TAKE = `
if redis.call('EXISTS', KEYS[2]) == 0 then
  if ARGV[1] == '' or redis.call('EXISTS', KEYS[1]) == 0 then return nil end
  redis.call('RENAME', KEYS[1], KEYS[2])
  redis.call('SET', KEYS[3], ARGV[1])
end
return {redis.call('GET', KEYS[3]), redis.call('HGETALL', KEYS[2])}`

const FINISH = `
if redis.call('GET', KEYS[3]) ~= ARGV[1] then return 0 end
for _, id in ipairs(redis.call('HKEYS', KEYS[2])) do redis.call('ZADD', KEYS[4], ARGV[2], id) end
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', ARGV[3])
return 1`

const taken = z.tuple([z.string(), z.array(z.string())]).nullable()
const storedEntries = z.array(digestEntry)

/** `prefix` is the subject prefix: several Tocsins can share a Redis. */
export function createDigestStore({ client, trouble }: RedisConnection, prefix: string): DigestStore {
  // The braces keep all keys on one node of a Redis cluster.
  const base = `tocsin:{${prefix}.digest}`
  const keysOf = (book: string) => [
    ...['waiting', 'sending', 'sending-id'].map((name) => `${base}:${shortHash(book)}:${name}`),
    `${base}:sent`,
  ]

  async function run(script: string, book: string, ...args: (string | number)[]): Promise<unknown> {
    try {
      const keys = keysOf(book)
      return await client.eval(script, keys.length, ...keys, ...args)
    } catch (cause) {
      throw new CodedError('redis_away', trouble() ?? `Redis refused: ${messageOf(cause)}`, {
        retryable: true,
        cause,
      })
    }
  }

  async function take(book: string, newId: string): Promise<DigestBatch | undefined> {
    const found = taken.parse(await run(TAKE, book, newId))
    if (found === null) return undefined
    const [id, pairs] = found
    const messages = new Map<string, readonly DigestEntry[]>()
    for (let i = 0; i + 1 < pairs.length; i += 2)
      messages.set(pairs[i] ?? '', storedEntries.parse(JSON.parse(pairs[i + 1] ?? '[]')))
    return { id, messages }
  }

  return {
    async add(book, messageId, entries) {
      return (await run(ADD, book, messageId, JSON.stringify(entries))) === 'sent' ? 'sent' : 'waiting'
    },
    take,
    unfinished: (book) => take(book, ''),
    async finish(book, batchId, nowMs) {
      await run(FINISH, book, batchId, nowMs, nowMs - REMEMBER_SENT_MS)
    },
  }
}
