import { type Bus, BusError, createThrottle, type ServiceContext } from '@tocsin/runtime'
import { RETRY_PREFIX } from '../http/accept-alertmanager.ts'
import { openRecordBucket, type RecordBucket } from './record-bucket.ts'

/**
 * The records of the bucket `groups`: what is known of alerts, groups, and alerts that are posted. Nothing is written
 * while `mayAct` denies it.
 */
export async function openRecords(
  { bus, log, clock }: Pick<ServiceContext, 'bus' | 'log' | 'clock'>,
  mayAct: () => boolean = () => true,
): Promise<RecordBucket> {
  const throttle = createThrottle(clock)
  return openRecordBucket({
    kv: await bus.kv('groups'),
    wipe: (revision) => whileConnected(bus, bus.eraseRevision('groups', revision)),
    isPassing: (key) => key.startsWith(RETRY_PREFIX),
    mayAct,
    onFault(err) {
      const due = throttle('old records')
      if (due)
        log.warn({ err, ...due }, 'old records cannot be deleted from the bucket groups yet; nothing is lost')
    },
  })
}

/** After a loss of the connection there is no answer to wait for; whoever takes up the work anew waits for this. */
async function whileConnected<T>(bus: Bus, answer: Promise<T>): Promise<T> {
  const broken = Promise.withResolvers<never>()
  const unfollow = bus.onReconnect(() =>
    broken.reject(new BusError('unavailable', 'the connection broke', { retryable: true })),
  )
  try {
    return await Promise.race([answer, broken.promise])
  } finally {
    unfollow()
  }
}
