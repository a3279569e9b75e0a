import { deliveryOutcome, severity } from '@tocsin/contract'
import type { ServiceContext } from '@tocsin/runtime'
import { z } from 'zod'
import { readDeliveries, readStory } from '../delivery/read-deliveries.ts'
import { limit, moment, queryOf } from './query.ts'

/** What was sent and what was not, newest first; and the story of one alert. */
export function addLogRoutes({ http, bus, clock }: Pick<ServiceContext, 'http' | 'bus' | 'clock'>): void {
  const time = moment(() => clock.now()).optional()
  const span = { since: time, until: time, limit }
  const text = z.string().min(1).optional()
  const deliveryQuery = z.strictObject({
    ...span,
    outcome: deliveryOutcome.optional(),
    kind: z.enum(['alerts', 'message', 'digest']).optional(),
    severity: severity.optional(),
    channel: text,
    receiver: text,
    reason: text,
    notification: text,
    groupKey: text,
    fingerprint: text,
    alertname: text,
  })

  http.get('/api/v1/deliveries', async (request, response) => {
    const asked = queryOf(deliveryQuery, request.query)
    const { limit: most, since: sinceMs, until: untilMs, fingerprint, alertname, ...equal } = asked
    const page = await readDeliveries(bus, { limit: most, sinceMs, untilMs, fingerprint, alertname, equal })
    response.json({ deliveries: page.found, complete: page.complete })
  })

  http.get('/api/v1/deliveries/:alert/story', async (request, response) => {
    const { limit: most, since: sinceMs, until: untilMs } = queryOf(z.strictObject(span), request.query)
    const { alert } = request.params
    response.json({ alert, ...(await readStory(bus, alert, { limit: most, sinceMs, untilMs })) })
  })
}
