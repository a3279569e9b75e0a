import { timestamp } from '@tocsin/contract'
import { parseDuration } from '@tocsin/promql'
import { type Bus, type Clock, HttpError, type Log, messageOf } from '@tocsin/runtime'
import type { Express, RequestHandler } from 'express'
import { z } from 'zod'
import type { FiringAlerts } from '../api-v2/follow-alerts.ts'
import { inV2Order } from '../api-v2/gettable-silence.ts'
import type { Guard } from '../http/guard.ts'
import { parseBody } from '../http/read-body.ts'
import { whileStorable } from '../http/while-storable.ts'
import { formatMatchers } from '../matchers/format-matcher.ts'
import { MatcherError } from '../matchers/matcher-error.ts'
import { parseMatchers } from '../matchers/parse-matchers.ts'
import type { NotifierMetrics } from '../metrics.ts'
import { labelsOfRecord } from '../policy/routing-labels.ts'
import { type Silence, stateOf } from './silence.ts'
import { SilenceError } from './silence-error.ts'
import type { Silences } from './silences.ts'

export interface SilenceRouteDeps {
  readonly http: Express
  readonly guard: Guard
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly metrics: NotifierMetrics
  readonly firing: FiringAlerts
  readonly silences: Silences
}

const wanted = z
  .strictObject({
    matchers: z.array(z.string().min(1)).min(1),
    by: z.string().trim().min(1).max(200),
    comment: z.string().trim().min(1).max(2000),
    startsAt: timestamp.optional(),
    endsAt: timestamp.optional(),
    duration: z.string().optional(),
  })
  .refine(({ endsAt, duration }) => (endsAt === undefined) !== (duration === undefined), {
    message: 'say when it ends by endsAt or duration, one of the two',
  })

const PATH = '/api/v1/silences'

/** Silences for people: matchers as one writes them, and how many alerts each mutes now. */
export function addSilenceRoutes(deps: SilenceRouteDeps): void {
  const { http, guard, bus, clock, silences } = deps
  http.get(PATH, (request, response) => {
    const nowMs = clock.now()
    const all = inV2Order(silences.list(), nowMs)
    const shown =
      request.query['expired'] === 'true' ? all : all.filter((one) => stateOf(one, nowMs) !== 'expired')
    response.json({ silences: shown.map((silence) => shownSilence(silence, deps)) })
  })
  http.post(PATH, ...guard, post(deps))
  http.delete(`${PATH}/:id`, ...guard, async (request, response) => {
    const id = String(request.params['id'])
    await answering(() => whileStorable(bus, response, () => silences.expire(id)))
    response.json({ expired: id })
  })
}

function shownSilence(silence: Silence, { clock, firing, silences }: SilenceRouteDeps) {
  const nowMs = clock.now()
  const { id, startsAt, endsAt, createdBy, comment, matchers } = silence.record
  const mutes = firing
    .list()
    .filter((alert) => silences.silencedBy(labelsOfRecord(alert), nowMs).includes(id))
  return {
    id,
    state: stateOf(silence, nowMs),
    matchers: formatMatchers(matchers),
    startsAt,
    endsAt,
    createdBy,
    comment,
    mutes: mutes.length,
  }
}

function post(deps: SilenceRouteDeps): RequestHandler {
  const { bus, clock, log, metrics, silences } = deps
  const onRefused = (reason: string) => metrics.taken('silence', 'refused', reason)
  return async (request, response) => {
    const asked = await parseBody(wanted, request, { bus, log, now: () => clock.now(), onRefused })
    const { by, comment, startsAt = new Date(clock.now()).toISOString() } = asked
    const endsAt = asked.endsAt ?? endOf(startsAt, asked.duration ?? '')
    const id = await answering(async () => {
      const matchers = asked.matchers.flatMap(parseMatchers)
      const fields = matchers.map(({ name, value, isRegex, isEqual }) => ({ name, value, isRegex, isEqual }))
      const silence = { matchers: fields, startsAt, endsAt, createdBy: by, comment }
      return whileStorable(bus, response, () => silences.set(silence))
    })
    const made = silences.get(id)
    metrics.taken('silence', 'accepted', 'stored')
    response.status(201).json(made ? shownSilence(made, deps) : { id })
  }
}

function endOf(startsAt: string, duration: string): string {
  const ms = parseDuration(duration)
  if (ms !== undefined && ms > 0) return new Date(Date.parse(startsAt) + ms).toISOString()
  throw new HttpError(400, 'invalid_duration', `${duration} is no duration: give one such as 30m, 2h or 1d`)
}

/** What is wrong with a silence, as an answer over HTTP. */
async function answering<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    const isOurs = error instanceof SilenceError || error instanceof MatcherError
    if (!isOurs) throw error
    const status = error.code === 'not_found' ? 404 : error.code === 'conflict' ? 409 : 400
    throw new HttpError(status, error.code, messageOf(error), { cause: error })
  }
}
