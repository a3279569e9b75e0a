import { type BucketKey, bucketName } from '@tocsin/contract'
import type { ConsumeDeps, OrderedConsumer } from './consume-deps.ts'
import { readStream } from './consume-ordered.ts'
import { pipeline } from './stages.ts'

export interface WatchOptions {
  /** A key's value, when the watch begins and whenever it changes. */
  readonly onPut: (key: string, value: string, revision: number) => unknown
  readonly onDelete: (key: string, revision: number) => unknown
  /** Called once, when everything stored before the start has been told. */
  readonly onCurrent?: () => void
  /** Called when the bucket was made anew: what was told before is gone. */
  readonly onRecreated?: () => void
}

const utf8 = new TextDecoder()

/**
 * Tells every key of one of the contract's buckets and every change after, in order, one at a time.
 * It follows on after a restart of the server at once; the KV layer's own watch needs up to 15 s for that.
 */
export function watchBucket(
  deps: ConsumeDeps,
  bucket: BucketKey,
  options: WatchOptions,
): Promise<OrderedConsumer> {
  const name = bucketName(bucket, deps.bus.subjects.prefix)
  const keyAt = `$KV.${name}.`.length
  const { onPut, onDelete, onCurrent, onRecreated } = options
  return readStream(deps, `KV_${name}`, {
    lastPerSubject: true,
    deadLetters: false,
    stages: pipeline((bytes, { subject, sequence, header }) => {
      const key = subject.slice(keyAt)
      const operation = header('KV-Operation')
      if (operation === 'DEL' || operation === 'PURGE') return onDelete(key, sequence)
      return onPut(key, utf8.decode(bytes), sequence)
    }),
    ...(onCurrent ? { onCaughtUp: onCurrent } : {}),
    ...(onRecreated ? { onRecreated } : {}),
  })
}
