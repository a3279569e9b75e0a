import { stringMap } from '@tocsin/contract'
import { z } from 'zod'
import type { Policy } from '../policy/policy.ts'
import { queuesOf } from '../policy/queues-of.ts'
import { everyRoute } from '../policy/routes-of.ts'
import { alertRecord, type GroupRecord } from './records.ts'

/** An alert's record as it was when an alert was in one group: what its receivers knew stood beside it. */
export const formerAlert = alertRecord.extend({
  heard: z.enum(['nothing', 'firing', 'resolved']),
  route: z.string(),
  groupKey: z.string(),
  groupLabels: stringMap,
})
type FormerAlert = z.infer<typeof formerAlert>

/** A group's record as it was then: everything up to `flushedSeq` had been told. */
export const formerGroup = z.object({
  key: z.string(),
  anchorMs: z.number(),
  flushedSeq: z.int(),
  lastSentMs: z.number(),
  repeats: z.int().nonnegative(),
})
type FormerGroup = z.infer<typeof formerGroup>

/** What a group had told, in the present form. `policy` is the default one, which was the only one then. */
export function presentGroup(
  group: FormerGroup,
  alerts: readonly FormerAlert[],
  policy: Policy,
): GroupRecord | undefined {
  const [first] = alerts
  if (!first) return undefined
  const route = everyRoute(policy).find(({ name }) => name === first.route)
  if (!route) return undefined
  const heard = alerts.filter(
    (alert) => (alert.seq <= group.flushedSeq ? alert.status : alert.heard) === 'firing',
  )
  const firing = new Set(heard.map(({ fingerprint }) => fingerprint))
  return {
    key: group.key,
    route: { key: route.key, name: route.name, receiver: route.receiver },
    labels: first.groupLabels,
    anchorMs: group.anchorMs,
    told: [
      {
        channels: queuesOf(policy, route),
        sendResolved: true,
        atMs: group.lastSentMs,
        count: group.repeats + 1,
        firing,
        open: firing,
        dropped: new Set(),
      },
    ],
  }
}
