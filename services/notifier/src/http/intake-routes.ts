import { randomUUID } from 'node:crypto'
import { CONTRACT_VERSION, notificationRequest, webhookBody } from '@tocsin/contract'
import { type Bus, type Clock, codeOf, type Log, messageOf } from '@tocsin/runtime'
import type { Express, Request, Response } from 'express'
import type { NotifierMetrics } from '../metrics.ts'
import { type AcceptDeps, acceptAlertmanager } from './accept-alertmanager.ts'
import type { Guard } from './guard.ts'
import { type BodyDeps, parseBody, refuseBody } from './read-body.ts'
import { whileStorable } from './while-storable.ts'

export interface IntakeDeps {
  readonly http: Express
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly metrics: NotifierMetrics
  readonly accept: AcceptDeps
  readonly guard: Guard
}

const PUBLISH_DEADLINE_MS = 8000

/** The ways in over HTTP: Alertmanager's webhook, and `notify()` by hand. Both answer 2xx only for what is stored. */
export function addIntakeRoutes({ http, bus, clock, log, metrics, accept, guard }: IntakeDeps): void {
  const bodyDeps = (input: 'alertmanager' | 'notify'): BodyDeps => ({
    bus,
    log,
    now: () => clock.now(),
    onRefused: (reason) => metrics.taken(input, 'refused', reason),
  })

  http.post('/api/monitoring/alerts', ...guard, async (request, response) => {
    const deps = bodyDeps('alertmanager')
    const body = await parseBody(webhookBody, request, deps)
    const accepted = await storeOrRefuse({ request, response, ...deps }, () =>
      acceptAlertmanager(body, accept),
    )
    metrics.taken('alertmanager', accepted.action, accepted.reason)
    if (accepted.action === 'dropped')
      log.warn({ groupKey: body.groupKey, reason: accepted.reason }, 'nobody is told')
    response.json({ status: accepted.action, reason: accepted.reason, id: accepted.id })
  })

  http.post('/api/v1/notify', ...guard, async (request, response) => {
    const deps = bodyDeps('notify')
    const asked = await parseBody(notificationRequest, request, deps)
    const { id = randomUUID(), time = new Date(clock.now()).toISOString(), source = 'http' } = asked
    const event = { ...asked, v: CONTRACT_VERSION, id, time, source }
    await storeOrRefuse({ request, response, ...deps }, () =>
      bus.publish(bus.subjects.notificationRequest, event, { msgId: id, deadlineMs: PUBLISH_DEADLINE_MS }),
    )
    response.status(202).json({ id })
  })
}

interface StoreDeps extends BodyDeps {
  readonly request: Request
  readonly response: Response
}

/** What fits no message is kept as a dead letter, since sending it again would never help. */
async function storeOrRefuse<T>(deps: StoreDeps, store: () => Promise<T>): Promise<T> {
  try {
    return await whileStorable(deps.bus, deps.response, store)
  } catch (error) {
    if (codeOf(error) !== 'too_large') throw error
    return await refuseBody(deps.request, deps, {
      status: 413,
      reason: 'too_large',
      detail: messageOf(error),
    })
  }
}
