import { messageOf } from '@tocsin/runtime'
import { Cron } from 'croner'
import type { z } from 'zod'
import type { DigestOptions } from '../policy.ts'
import type { digest } from './config-schema.ts'
import type { Faults } from './faults.ts'
import { isTimeZone } from './read-time-intervals.ts'
import type { Path } from './yaml-source.ts'

/** Reads `digest` of a route or receiver; without a schedule it is told every quarter of an hour. */
export function readDigest(
  given: z.infer<typeof digest>,
  receiver: string,
  path: Path,
  faults: Faults,
): DigestOptions {
  const { name = receiver, every, cron, time_zone: timeZone = 'UTC', most } = given
  if (cron !== undefined && every !== undefined)
    faults.add(path, 'digest has both every and cron: remove one')
  if (!isTimeZone(timeZone))
    faults.add([...path, 'time_zone'], 'time_zone: expected a time zone such as Europe/Berlin or UTC')
  else if (cron !== undefined) checkCron(cron, timeZone, [...path, 'cron'], faults)
  return { name, cron, timeZone, everyMs: cron === undefined ? (every ?? STANDARD_MS) : undefined, most }
}

const STANDARD_MS = 15 * 60_000

function checkCron(cron: string, timezone: string, path: Path, faults: Faults): void {
  try {
    if (new Cron(cron, { timezone, paused: true }).nextRun() === null)
      faults.add(path, 'cron: this time never comes: expected a schedule such as 0 9 * * 1-5')
  } catch (error) {
    faults.add(path, `cron: ${messageOf(error)}: expected a schedule such as 0 9 * * 1-5`)
  }
}
