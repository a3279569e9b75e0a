import { timestamp } from '@tocsin/contract'
import { type Bus, type Clock, codeOf, HttpError, type Log, messageOf } from '@tocsin/runtime'
import type { Express, RequestHandler } from 'express'
import { z } from 'zod'
import type { FiringAlerts } from '../api-v2/follow-alerts.ts'
import type { Guard } from '../http/guard.ts'
import { type BodyDeps, parseBody } from '../http/read-body.ts'
import { whileStorable } from '../http/while-storable.ts'
import type { NotifierMetrics } from '../metrics.ts'
import type { Policy } from '../policy/policy.ts'
import { acknowledge } from './acknowledge.ts'
import type { Acknowledgements } from './acknowledgements.ts'
import { storeAcknowledgements } from './store-acknowledgements.ts'

export interface AcknowledgementRouteDeps {
  readonly http: Express
  readonly guard: Guard
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly metrics: NotifierMetrics
  readonly policy: () => Policy
  readonly firing: FiringAlerts
  readonly acknowledgements: Acknowledgements
}

const wanted = z
  .strictObject({
    fingerprint: z.string().min(1).optional(),
    groupKey: z.string().min(1).optional(),
    by: z.string().trim().min(1).max(200),
    comment: z.string().max(2000).default(''),
    until: timestamp.optional(),
  })
  .refine(({ fingerprint, groupKey }) => (fingerprint === undefined) !== (groupKey === undefined), {
    message: 'give the fingerprint of an alert or the groupKey of a group, one of the two',
  })

const PATH = '/api/v1/acknowledgements'

/** Who has seen which alert: to say so, to see it, to take it back. */
export function addAcknowledgementRoutes(deps: AcknowledgementRouteDeps): void {
  const { http, guard, bus, acknowledgements } = deps
  http.get(PATH, (_request, response) => {
    response.json({ acknowledgements: acknowledgements.list().toSorted((a, b) => (a.at < b.at ? 1 : -1)) })
  })
  http.post(PATH, ...guard, post(deps))
  http.delete(`${PATH}/:fingerprint`, ...guard, async (request, response) => {
    const fingerprint = String(request.params['fingerprint'])
    if (!acknowledgements.get(fingerprint))
      throw new HttpError(404, 'not_found', `nobody has acknowledged the alert ${fingerprint}`)
    await whileStorable(bus, response, () => acknowledgements.delete(fingerprint))
    response.json({ deleted: fingerprint })
  })
}

function post(deps: AcknowledgementRouteDeps): RequestHandler {
  const { bus, clock, log, metrics, policy, firing } = deps
  const bodyDeps: BodyDeps = {
    bus,
    log,
    now: () => clock.now(),
    onRefused: (reason) => metrics.taken('acknowledgement', 'refused', reason),
  }
  return async (request, response) => {
    const asked = await parseBody(wanted, request, bodyDeps)
    const nowMs = clock.now()
    if (asked.until !== undefined && Date.parse(asked.until) <= nowMs)
      throw new HttpError(400, 'invalid_until', 'until is past: give a time to come, or leave it out')
    const all = meant(() => acknowledge(asked, firing, policy(), nowMs))
    await storeAcknowledgements(all, asked.groupKey === undefined ? 'alert' : 'group', deps, response)
    response.status(201).json({ acknowledgements: all.map(({ given }) => given) })
  }
}

/** @throws {HttpError} 404 where nothing of the kind fires */
export function meant<T>(task: () => T): T {
  try {
    return task()
  } catch (error) {
    if (codeOf(error) === 'not_found')
      throw new HttpError(404, 'not_found', messageOf(error), { cause: error })
    throw error
  }
}
