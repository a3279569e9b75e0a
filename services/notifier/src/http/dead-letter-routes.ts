import { codeOf, HttpError, messageOf, type ServiceContext } from '@tocsin/runtime'
import { z } from 'zod'
import { findLetters } from '../dead-letters/find-letters.ts'
import { findStored, type ReplayDeps, replayLetter } from '../dead-letters/replay-letter.ts'
import { replayLetters } from '../dead-letters/replay-letters.ts'
import type { Guard } from './guard.ts'
import { limit, moment, queryOf } from './query.ts'
import { whileStorable } from './while-storable.ts'

export interface DeadLetterRoutesDeps
  extends Pick<ServiceContext, 'http' | 'bus' | 'clock' | 'log'>,
    Pick<ReplayDeps, 'metrics' | 'isServed'> {
  readonly guard: Guard
}

const sequence = z.strictObject({ sequence: z.coerce.number().int().min(1) })
const MOST_AT_ONCE = 10_000

/** What could not be delivered or read: to look at, and to put into its queue again. */
export function addDeadLetterRoutes(deps: DeadLetterRoutesDeps): void {
  const { http, bus, clock, guard } = deps
  const time = moment(() => clock.now()).optional()
  const text = z.string().min(1).optional()
  const filter = { reason: text, channel: text, since: time, until: time }

  http.get('/api/v1/dead-letters', async (request, response) => {
    const asked = queryOf(z.strictObject({ ...filter, limit }), request.query)
    const { since: sinceMs, until: untilMs, ...rest } = asked
    const { found, complete } = await findLetters(bus, { ...rest, sinceMs, untilMs })
    response.json({ deadLetters: found, complete })
  })

  http.get('/api/v1/dead-letters/:sequence', async (request, response) => {
    const asked = queryOf(sequence, request.params)
    const found = await answering(() => findStored(asked.sequence, deps))
    if (!found) throw new HttpError(404, 'gone', `dead letter ${asked.sequence} was replayed, or has expired`)
    response.json(found.letter)
  })

  http.post('/api/v1/dead-letters/replay', ...guard, async (request, response) => {
    const most = z.int().min(1).max(MOST_AT_ONCE).default(MOST_AT_ONCE)
    const asked = queryOf(z.strictObject({ ...filter, limit: most }), bodyOf(request.body))
    const { since: sinceMs, until: untilMs, ...rest } = asked
    const replay = () => replayLetters({ ...rest, sinceMs, untilMs }, deps)
    response.json(await answering(() => whileStorable(bus, response, replay)))
  })

  http.post('/api/v1/dead-letters/:sequence/replay', ...guard, async (request, response) => {
    const asked = queryOf(sequence, request.params)
    const replay = () => replayLetter(asked.sequence, deps)
    response.json(await answering(() => whileStorable(bus, response, replay)))
  })
}

/** Nothing at all, or JSON. */
function bodyOf(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.byteLength === 0) return {}
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new HttpError(
      400,
      'invalid_json',
      'the body is not JSON: send a filter such as {"channel":"slack"}',
    )
  }
}

const STATUSES: Readonly<Record<string, number>> = { not_found: 404, not_replayable: 409 }

/** Says over HTTP what was wrong with a letter. */
async function answering<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    const code = codeOf(error)
    const status = code === undefined ? undefined : STATUSES[code]
    if (code === undefined || status === undefined) throw error
    throw new HttpError(status, code, messageOf(error), { cause: error })
  }
}
