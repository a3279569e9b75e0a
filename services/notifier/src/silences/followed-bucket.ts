import { JetStreamApiError } from '@nats-io/jetstream'
import type { BucketKey } from '@tocsin/contract'
import { type ConsumeDeps, watchBucket } from '@tocsin/runtime'

/** A key as it stands in the bucket now. */
export interface Stored {
  readonly value: string
  readonly revision: number
}

/** A bucket that every replica follows; who writes has seen the change himself when the write resolves. */
export interface FollowedBucket {
  /** Has keys that begin with `<prefix>.` told from {@link FollowedBucket.begin} on. */
  follow(prefix: string, follower: Follower): void
  /** Begins to follow; resolves when all that is in the bucket has been told. */
  begin(): Promise<void>
  /** Undefined for what is not there, and for what cannot be a key: it may be made of what somebody sent. */
  read(key: string): Promise<Stored | undefined>
  /** Writes over `previous`, or what is not there; answers whether nobody else was quicker. */
  write(key: string, value: string, previous: Stored | undefined): Promise<boolean>
  delete(key: string): Promise<void>
  /** Removes a key without leaving a marker. */
  wipe(key: string): Promise<void>
}

/** What is done with the keys of one prefix, which is taken away from them. */
export interface Follower {
  put(name: string, value: string): void
  delete(name: string): void
  clear(): void
}

// What JetStream answers a write with that expected another revision.
const WRONG_LAST_SEQUENCE = 10071

/** What NATS takes for a key. */
const isKey = (text: string) => /^[-/=\w]+(\.[-/=\w]+)*$/.test(text)

export async function openFollowedBucket(deps: ConsumeDeps, key: BucketKey): Promise<FollowedBucket> {
  const { bus } = deps
  const kv = await bus.kv(key)
  const followers = new Map<string, Follower>()
  const told = new Map<string, number>()

  /** Each change once: our own writes are told at once, and come by the watch as well. */
  function tell(key: string, revision: number, value: string | undefined): void {
    if (revision <= (told.get(key) ?? 0)) return
    const prefix = key.slice(0, key.indexOf('.'))
    const follower = followers.get(prefix)
    if (!follower) return
    told.set(key, revision)
    const rest = key.slice(prefix.length + 1)
    if (value === undefined) follower.delete(rest)
    else follower.put(rest, value)
  }

  return {
    follow: (prefix, follower) => void followers.set(prefix, follower),
    async begin() {
      const watch = await watchBucket(deps, key, {
        onPut: (key, value, revision) => tell(key, revision, value),
        onDelete(key, revision) {
          tell(key, revision, undefined)
          // What is gone needs no revision: what comes by the watch comes in order.
          if (told.get(key) === revision) told.delete(key)
        },
        onRecreated() {
          told.clear()
          for (const follower of followers.values()) follower.clear()
        },
      })
      await watch.caughtUp
    },
    async read(key) {
      if (!isKey(key)) return undefined
      const entry = await kv.get(key)
      return entry?.operation === 'PUT' ? { value: entry.string(), revision: entry.revision } : undefined
    },
    async write(key, value, previous) {
      try {
        const write = previous ? kv.update(key, value, previous.revision) : kv.create(key, value)
        tell(key, await write, value)
        return true
      } catch (error) {
        if (error instanceof JetStreamApiError && error.code === WRONG_LAST_SEQUENCE) return false
        throw error
      }
    },
    async delete(name) {
      await kv.delete(name)
      const marker = await kv.get(name)
      if (marker && marker.operation !== 'PUT') tell(name, marker.revision, undefined)
    },
    async wipe(name) {
      const entry = await kv.get(name)
      if (entry) await bus.eraseRevision(key, entry.revision)
      told.delete(name)
    },
  }
}
