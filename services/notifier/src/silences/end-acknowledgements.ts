import type { Clock, Log } from '@tocsin/runtime'
import type { FiringAlerts } from '../api-v2/follow-alerts.ts'
import { type Acknowledgement, isStanding } from './acknowledgement.ts'
import type { Acknowledgements } from './acknowledgements.ts'

export interface EndAcknowledgementsDeps {
  readonly acknowledgements: Acknowledgements
  readonly firing: FiringAlerts
  readonly clock: Clock
  readonly log: Log
  readonly mayAct: () => boolean
}

/** Ends each acknowledgement with its alert. */
export function endAcknowledgements({
  acknowledgements,
  firing,
  clock,
  log,
  mayAct,
}: EndAcknowledgementsDeps) {
  /** Whether what it was given for still fires. */
  function isOver(given: Acknowledgement): boolean {
    const record = firing.get(given.fingerprint)
    return record?.alert.startsAt !== given.startsAt || !isStanding(given, clock.now())
  }

  async function endIfOver(fingerprint: string): Promise<void> {
    const given = acknowledgements.get(fingerprint)
    if (given && mayAct() && isOver(given)) await acknowledgements.delete(fingerprint)
  }

  const stop = firing.onEnd((fingerprint) => {
    // What cannot be removed now counts for nothing, and is removed by the next sweep.
    endIfOver(fingerprint).catch((error: unknown) =>
      log.debug({ err: error, fingerprint }, 'an acknowledgement is removed later'),
    )
  })
  return {
    stop,
    /** Removes what has been missed. */
    async sweep(): Promise<void> {
      for (const { fingerprint } of acknowledgements.list()) await endIfOver(fingerprint)
    },
  }
}
