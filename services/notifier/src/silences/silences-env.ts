import { envVar } from '@tocsin/runtime'

/** How long silences are remembered, and when people are reminded of their end. Durations in milliseconds. */
export const silencesEnv = {
  /** How long a silence is kept after its end. */
  SILENCE_RETENTION: envVar.duration.default(120 * 3_600_000),
  /** How long before its end people are told of a silence that still mutes something; 0 for never. */
  SILENCE_REMINDER_BEFORE: envVar.duration.default(15 * 60_000),
}
