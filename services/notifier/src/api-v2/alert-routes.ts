import type { Bus, Log, Throttle } from '@tocsin/runtime'
import type { Request, RequestHandler } from 'express'
import { keepDeadLetter } from '../http/keep-dead-letter.ts'
import { whileStorable } from '../http/while-storable.ts'
import type { NotifierMetrics } from '../metrics.ts'
import type { PublishPosted } from '../posted/publish-posted.ts'
import { postableAlerts, readPosted } from '../posted/read-posted.ts'
import type { FiringAlerts } from './follow-alerts.ts'
import { type AlertQuery, listAlerts, listGroups } from './list-alerts.ts'
import { readV2Body } from './read-v2-body.ts'
import type { V2Deps } from './v2-deps.ts'
import { refuseMethod, V2Error } from './v2-error.ts'
import { filterOf, isShown, receiverFilterOf } from './v2-query.ts'

export interface AlertRouteDeps extends V2Deps {
  readonly firing: FiringAlerts
  readonly publishPosted: PublishPosted
  readonly metrics: NotifierMetrics
  readonly bus: Bus
  readonly log: Log
  readonly mayLog: Throttle
}

function queryOf(request: Request): AlertQuery {
  return {
    filter: filterOf(request),
    wantsReceiver: receiverFilterOf(request),
    active: isShown(request, 'active'),
    silenced: isShown(request, 'silenced'),
    inhibited: isShown(request, 'inhibited'),
    muted: isShown(request, 'muted'),
  }
}

/** Alertmanager's API of alerts. */
export function addAlertRoutes(deps: AlertRouteDeps): void {
  const { http, clock, policy, guard } = deps
  const now = () => ({ ...deps, policy: policy(), nowMs: clock.now() })

  http.get('/api/v2/alerts', (request, response) => {
    response.json(listAlerts(queryOf(request), now()))
  })
  http.post('/api/v2/alerts', ...guard, postAlerts(deps))
  http.all('/api/v2/alerts', refuseMethod('GET', 'POST'))

  http.get('/api/v2/alerts/groups', (request, response) => {
    response.json(listGroups(queryOf(request), now()))
  })
  http.all('/api/v2/alerts/groups', refuseMethod('GET'))
}

/** Takes the valid alerts of a request, also when it is answered 400 for the others. */
function postAlerts(deps: AlertRouteDeps): RequestHandler {
  const { bus, clock, policy, metrics, publishPosted } = deps
  return async (request, response) => {
    const nowMs = clock.now()
    const alerts = await readOrKeep(request, deps)
    const { valid, faults } = readPosted(alerts, { nowMs, resolveTimeoutMs: policy().resolveTimeoutMs })
    if (valid.length > 0) await whileStorable(bus, response, () => publishPosted(valid, nowMs))
    if (faults.length > 0)
      throw await refused(request, deps, 'invalid_alert', new V2Error(400, faults.join('; ')))
    metrics.taken('posted', 'accepted', 'stored')
    response.end()
  }
}

async function readOrKeep(request: Request, deps: AlertRouteDeps) {
  try {
    return readV2Body(postableAlerts, 'alerts', request)
  } catch (error) {
    if (error instanceof V2Error) throw await refused(request, deps, 'invalid_body', error)
    throw error
  }
}

/** Counts and logs what was refused, and keeps the request as a dead letter. */
async function refused(
  request: Request,
  deps: AlertRouteDeps,
  reason: string,
  error: V2Error,
): Promise<V2Error> {
  const { metrics, log, clock } = deps
  const detail = error.message.slice(0, 1000)
  metrics.taken('posted', 'refused', reason)
  const due = deps.mayLog(reason)
  if (due) log.warn({ reason, detail, ...due }, 'refused posted alerts; the request is kept as a dead letter')
  const body: Uint8Array = Buffer.isBuffer(request.body) ? request.body : new Uint8Array()
  const time = new Date(clock.now()).toISOString()
  await keepDeadLetter(deps, { path: '/api/v2/alerts', reason, detail, body, time })
  return error
}
