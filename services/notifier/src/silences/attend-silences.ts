import { type ServiceContext, sleep } from '@tocsin/runtime'
import type { FiringAlerts } from '../api-v2/follow-alerts.ts'
import type { NotifierEnv } from '../env.ts'
import { endAcknowledgements } from './end-acknowledgements.ts'
import { startReminders } from './reminders.ts'
import type { Quiet } from './start-silences.ts'

export interface AttendParts {
  readonly ctx: ServiceContext<NotifierEnv>
  readonly quiet: Quiet
  readonly firing: FiringAlerts
}

/** What one replica at a time does for silences and acknowledgements. The function returned ends that. */
export type Attend = (work: {
  readonly mayAct: () => boolean
  /** Aborts when this process must leave the work to another. */
  readonly signal: AbortSignal
}) => () => void

const TIDY_EVERY_MS = 600_000

/** Ends acknowledgements with their alerts, reminds of silences that end soon, and forgets those that ended long ago. */
export function createAttend({ ctx, quiet, firing }: AttendParts): Attend {
  const { bus, clock, log, env } = ctx
  const { silences, acknowledgements, bucket } = quiet
  return ({ mayAct, signal }) => {
    const ends = endAcknowledgements({ acknowledgements, firing, clock, log, mayAct })
    const stopReminders = startReminders({
      silences,
      bucket,
      firing,
      async notify(reminder) {
        await bus.publish(bus.subjects.notificationRequest, reminder, { msgId: reminder.id })
      },
      beforeMs: env.SILENCE_REMINDER_BEFORE,
      clock,
      log,
      mayAct,
      signal,
    })

    async function tidy(): Promise<void> {
      while (!signal.aborted) {
        try {
          await ends.sweep()
          await silences.forgetEndedBefore(clock.now() - env.SILENCE_RETENTION)
        } catch (error) {
          log.debug({ err: error }, 'old silences are dropped later')
        }
        await sleep(clock, TIDY_EVERY_MS, signal)
      }
    }

    void tidy()
    return () => {
      ends.stop()
      stopReminders()
    }
  }
}
