import { type ConsumeDeps, createThrottle } from '@tocsin/runtime'
import { type Acknowledgements, createAcknowledgements } from './acknowledgements.ts'
import { type FollowedBucket, openFollowedBucket } from './followed-bucket.ts'
import { createSilences, type Silences } from './silences.ts'

/** What people have said about alerts: that they are to be quiet, or that they are being seen to. */
export interface Quiet {
  readonly silences: Silences
  readonly acknowledgements: Acknowledgements
  readonly bucket: FollowedBucket
  /** Calls back when what is muted or acknowledged may have changed. The function returned ends that. */
  onChange(listener: () => void): () => void
}

/** Follows the bucket `silences`; resolves once all of it is known, so that nothing is told that is to be quiet. */
export async function startSilences(deps: ConsumeDeps): Promise<Quiet> {
  const { clock, log, lifecycle } = deps
  const listeners = new Set<() => void>()
  const throttle = createThrottle(clock)
  const bucket = await openFollowedBucket(deps, 'silences')
  const parts = {
    bucket,
    clock,
    onChange() {
      for (const listener of [...listeners]) listener()
    },
    onBadRecord(key: string, error: unknown) {
      const due = throttle(key)
      if (due)
        log.error(
          { err: error, key, ...due },
          'a record of the bucket silences cannot be read, and counts for nothing',
        )
    },
  }
  const silences = createSilences(parts)
  const acknowledgements = createAcknowledgements(parts)
  lifecycle.onStop('silences', () => {
    silences.stop()
    acknowledgements.stop()
  })
  await bucket.begin()
  return {
    silences,
    acknowledgements,
    bucket,
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
