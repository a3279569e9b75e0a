import { stringMap } from '@tocsin/contract'
import { messageOf } from '@tocsin/runtime'
import type { RequestHandler } from 'express'
import { z } from 'zod'
import { whileStorable } from '../http/while-storable.ts'
import { SilenceError } from '../silences/silence-error.ts'
import { gettableSilence, hasMatchers, inV2Order } from './gettable-silence.ts'
import { readV2Body } from './read-v2-body.ts'
import type { V2Deps } from './v2-deps.ts'
import { refuseMethod, uuidOf, V2Error } from './v2-error.ts'
import { filterOf, valuesOf } from './v2-query.ts'
import { v2Time } from './v2-time.ts'

const postableSilence = z.object({
  id: z.string().optional(),
  comment: z.string(),
  createdBy: z.string(),
  endsAt: v2Time,
  matchers: z
    .array(
      z.object({
        name: z.string(),
        value: z.string(),
        isRegex: z.boolean(),
        isEqual: z.boolean().default(true),
      }),
    )
    .min(1),
  startsAt: v2Time,
  annotations: stringMap.optional(),
})

/** Alertmanager's API of silences. */
export function addSilenceRoutes({ http, bus, clock, silences, guard }: V2Deps): void {
  http.get('/api/v2/silences', (request, response) => {
    const filter = filterOf(request)
    const creators = valuesOf(request, 'creator')
    const found = silences
      .list()
      .filter((silence) => hasMatchers(silence, filter))
      .filter(({ record }) => creators.length === 0 || creators.includes(record.createdBy))
    const nowMs = clock.now()
    response.json(inV2Order(found, nowMs).map((silence) => gettableSilence(silence, nowMs)))
  })

  const post: RequestHandler = async (request, response) => {
    const { startsAt, endsAt, ...rest } = readV2Body(postableSilence, 'silence', request)
    if (endsAt === undefined) throw new V2Error(400, 'invalid silence: invalid zero end timestamp')
    const iso = (ms: number) => new Date(ms).toISOString()
    const wanted = { ...rest, startsAt: iso(startsAt ?? clock.now()), endsAt: iso(endsAt) }
    const silenceID = await answering(() => whileStorable(bus, response, () => silences.set(wanted)))
    response.json({ silenceID })
  }
  http.post('/api/v2/silences', ...guard, post)
  http.all('/api/v2/silences', refuseMethod('GET', 'POST'))

  http.get('/api/v2/silence/:silenceID', (request, response) => {
    const found = silences.get(uuidOf(request, 'silenceID'))
    if (!found) throw new V2Error(404)
    response.json(gettableSilence(found, clock.now()))
  })

  http.delete('/api/v2/silence/:silenceID', ...guard, async (request, response) => {
    const id = uuidOf(request, 'silenceID')
    await answering(() => whileStorable(bus, response, () => silences.expire(id)))
    response.end()
  })
  http.all('/api/v2/silence/:silenceID', refuseMethod('DELETE', 'GET'))
}

/** What is wrong with a silence, as Alertmanager answers it. */
async function answering<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    if (!(error instanceof SilenceError)) throw error
    const { code } = error
    const status = code === 'not_found' ? 404 : code === 'conflict' ? 409 : code === 'too_large' ? 413 : 400
    throw new V2Error(status, messageOf(error), { cause: error })
  }
}
