import { bucketName } from '@tocsin/contract'
import type { ServiceContext } from '@tocsin/runtime'
import { RETRY_PREFIX } from '../http/accept-alertmanager.ts'
import { openRecordBucket, type RecordBucket } from './record-bucket.ts'

/**
 * The records of the bucket `groups`: what is known of alerts, groups, and alerts that are posted. Nothing is written
 * while `mayAct` denies it.
 */
export async function openRecords(
  { bus, log }: Pick<ServiceContext, 'bus' | 'log'>,
  mayAct: () => boolean = () => true,
): Promise<RecordBucket> {
  const stream = `KV_${bucketName('groups', bus.subjects.prefix)}`
  return openRecordBucket({
    kv: await bus.kv('groups'),
    // Not by its key: when servers before 2.9.15 purge that, whoever reads the bucket passes over all it has not read yet.
    async wipe(revision) {
      await bus.jsm.streams.deleteMessage(stream, revision, false).catch(async (error: unknown) => {
        if ((await bus.jsm.streams.getMessage(stream, { seq: revision })) !== null) throw error
      })
    },
    isPassing: (key) => key.startsWith(RETRY_PREFIX),
    mayAct,
    onFault: (err) => log.debug({ err }, 'old records are dropped later'),
  })
}
