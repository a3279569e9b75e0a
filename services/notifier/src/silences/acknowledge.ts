import type { FiringAlerts } from '../api-v2/follow-alerts.ts'
import { groupsOf } from '../api-v2/list-alerts.ts'
import type { AlertRecord } from '../grouping/records.ts'
import type { Policy } from '../policy/policy.ts'
import type { Acknowledgement } from './acknowledgement.ts'
import { SilenceError } from './silence-error.ts'

/** What somebody says they have seen: one alert, or all that fire in a group now. Exactly one of the two is given. */
export interface WantedAcknowledgement {
  readonly fingerprint?: string | undefined
  readonly groupKey?: string | undefined
  readonly by: string
  readonly comment: string
  readonly until?: string | undefined
}

export interface Acknowledging {
  readonly record: AlertRecord
  readonly given: Acknowledgement
}

/**
 * The acknowledgements that this comes to: one for each alert that fires now, so that what joins the group later is told.
 * @throws {SilenceError} `not_found` where nothing of the kind fires
 */
export function acknowledge(
  { by, comment, until, ...what }: WantedAcknowledgement,
  firing: Pick<FiringAlerts, 'list' | 'get'>,
  policy: Policy,
  nowMs: number,
): readonly Acknowledging[] {
  const at = new Date(nowMs).toISOString()
  return alertsMeant(what, firing, policy).map((record) => ({
    record,
    given: {
      fingerprint: record.fingerprint,
      startsAt: record.alert.startsAt,
      labels: record.alert.labels,
      groupKeys: [...groupsOf([record], policy)].map(({ key }) => key),
      by,
      comment,
      at,
      ...(until === undefined ? {} : { until }),
    },
  }))
}

/** The alerts that fire now, and are meant. @throws {SilenceError} `not_found` */
export function alertsMeant(
  { fingerprint, groupKey }: Pick<WantedAcknowledgement, 'fingerprint' | 'groupKey'>,
  firing: Pick<FiringAlerts, 'list' | 'get'>,
  policy: Policy,
): readonly AlertRecord[] {
  if (fingerprint !== undefined) {
    const record = firing.get(fingerprint)
    if (record) return [record]
    throw new SilenceError('not_found', `no alert ${fingerprint} fires: see /api/v2/alerts`)
  }
  const group = [...groupsOf(firing.list(), policy)].find(({ key }) => key === groupKey)
  if (group) return group.records
  throw new SilenceError(
    'not_found',
    `no alert of the group ${groupKey} fires: see /api/v1/deliveries for its key`,
  )
}
