import type { Clock } from '@tocsin/runtime'
import { type Acknowledgement, acknowledgement, isStanding } from './acknowledgement.ts'
import type { FollowedBucket } from './followed-bucket.ts'

/** Who has seen which alert: every replica knows all of it, and may change it. */
export interface Acknowledgements {
  list(): readonly Acknowledgement[]
  get(fingerprint: string): Acknowledgement | undefined
  /** Whether somebody has seen that this alert fires, and it needs no repeating. */
  acknowledged(alert: { readonly fingerprint: string; readonly startsAt: string }, nowMs: number): boolean
  /** Resolves once it is stored; takes the place of an earlier one. */
  put(given: Acknowledgement): Promise<void>
  delete(fingerprint: string): Promise<void>
  stop(): void
}

export interface AcknowledgementsDeps {
  readonly bucket: FollowedBucket
  readonly clock: Clock
  readonly onChange: () => void
  readonly onBadRecord: (key: string, error: unknown) => void
}

const PREFIX = 'ack'
const keyOf = (fingerprint: string) => `${PREFIX}.${fingerprint}`

/** The acknowledgements of a bucket, which is to be begun afterwards. */
export function createAcknowledgements(deps: AcknowledgementsDeps): Acknowledgements {
  const { bucket, clock, onChange, onBadRecord } = deps
  const known = new Map<string, Acknowledgement>()
  const timers = new Map<string, () => void>()

  function arm(fingerprint: string, until: string | undefined): void {
    timers.get(fingerprint)?.()
    timers.delete(fingerprint)
    const inMs = until === undefined ? 0 : Date.parse(until) - clock.now()
    if (inMs > 0) timers.set(fingerprint, clock.setTimeout(onChange, inMs))
  }

  function forget(fingerprint: string): void {
    arm(fingerprint, undefined)
    if (known.delete(fingerprint)) onChange()
  }

  bucket.follow(PREFIX, {
    put(fingerprint, value) {
      try {
        const given = acknowledgement.parse(JSON.parse(value))
        known.set(fingerprint, given)
        arm(fingerprint, given.until)
        onChange()
      } catch (error) {
        forget(fingerprint)
        onBadRecord(keyOf(fingerprint), error)
      }
    },
    delete: forget,
    clear() {
      for (const fingerprint of [...known.keys()]) forget(fingerprint)
    },
  })

  return {
    list: () => [...known.values()],
    get: (fingerprint) => known.get(fingerprint),
    acknowledged({ fingerprint, startsAt }, nowMs) {
      const given = known.get(fingerprint)
      return given !== undefined && given.startsAt === startsAt && isStanding(given, nowMs)
    },
    async put(given) {
      const key = keyOf(given.fingerprint)
      const value = JSON.stringify(given)
      // The last word counts, whoever was quicker.
      while (!(await bucket.write(key, value, await bucket.read(key))));
    },
    delete: (fingerprint) => bucket.delete(keyOf(fingerprint)),
    stop() {
      for (const cancel of timers.values()) cancel()
    },
  }
}
