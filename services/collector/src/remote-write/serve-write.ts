import { hash } from 'node:crypto'
import { codeOf, type Log, messageOf, type Throttle } from '@tocsin/runtime'
import type { Request, RequestHandler, Response } from 'express'
import type { Repeats } from '../intake/repeats.ts'
import { chooseMessage } from './choose-message.ts'
import { readBody } from './read-body.ts'
import { type ReceiveDeps, receiveWrite, type WriteResult } from './receive-write.ts'
import type { WriteOutcome, WriteRecord } from './record-writes.ts'
import type { createRooms } from './room.ts'
import { WriteError } from './write-error.ts'

export interface ServeWriteDeps extends ReceiveDeps {
  readonly log: Log
  readonly throttle: Throttle
  readonly record: WriteRecord
  readonly rooms: ReturnType<typeof createRooms>
  readonly repeats: Repeats<WriteResult>
  /** Why nothing can be stored now; undefined when it can. */
  readonly trouble: () => string | undefined
}

const DEFAULT_SOURCE = 'remote-write'
const MOST_SOURCE = 200
/** Senders wait longer by themselves when it goes on. Seconds. */
const RETRY_AFTER = '1'

/** Answers one request of remote write: 204 once everything is stored. */
export function serveWrite(deps: ServeWriteDeps): RequestHandler {
  return async (request, response) => {
    const begun = performance.now()
    let outcome: WriteOutcome
    try {
      const { answer, isRepeated } = await take(deps, request)
      outcome = isRepeated ? 'repeated' : outcomeOf(answer)
      if (!isRepeated) deps.record.stored(answer)
      if (answer.refused > 0) logOnce(deps, outcome, sourceOf(request), answer.refusal)
      answerResult(response, answer)
    } catch (error) {
      const fault = toWriteError(error)
      outcome = fault?.code ?? 'internal'
      if (!fault) deps.log.error({ err: error }, 'a request of remote write failed for a reason of our own')
      else if (outcome !== 'aborted') logOnce(deps, outcome, '', fault.message)
      answerFault(response, fault)
      // A connection closed on a sender that still writes keeps the answer from it.
      request.resume()
    }
    deps.record.ended(outcome, (performance.now() - begun) / 1000)
  }
}

async function take(deps: ServeWriteDeps, request: Request) {
  const version = chooseMessage(request.get('content-type'), request.get('content-encoding'))
  const source = sourceOf(request)
  const trouble = deps.trouble()
  if (trouble !== undefined) throw new WriteError('unavailable', trouble)
  const room = deps.rooms.enter()
  try {
    const body = await readBody(request, deps.maxBytes, room)
    deps.record.received(body.length)
    const key = `${hash('sha256', body, 'base64')} ${version} ${source}`
    return await deps.repeats.once(key, () => receiveWrite(deps, { version, source, body, room }))
  } finally {
    room.leave()
  }
}

function sourceOf(request: Request): string {
  const { searchParams } = new URL(request.originalUrl, 'http://localhost')
  const source = searchParams.get('source') || request.get('x-tocsin-source') || DEFAULT_SOURCE
  if (source.length <= MOST_SOURCE) return source
  throw new WriteError(
    'invalid_source',
    `the source has over ${MOST_SOURCE} characters: give it a shorter name`,
  )
}

function outcomeOf({ samples, histograms, exemplars, refused }: WriteResult): WriteOutcome {
  if (refused === 0) return 'stored'
  return samples + histograms + exemplars > 0 ? 'partial' : 'refused'
}

function answerResult(response: Response, result: WriteResult): void {
  const { samples, histograms, exemplars, refused, refusal } = result
  setWritten(response, samples, histograms, exemplars)
  if (refused === 0) {
    response.status(204).end()
    return
  }
  const stored = samples + histograms + exemplars
  const others = stored === 0 ? '' : `, and the other ${stored} are stored`
  response.status(400).type('text/plain').send(`${refused} refused${others}: ${refusal}\n`)
}

/** What went wrong inside is logged, not told. */
function answerFault(response: Response, fault: WriteError | undefined): void {
  if (response.headersSent || response.destroyed) return
  setWritten(response, 0, 0, 0)
  const status = fault?.status ?? 500
  if (status >= 500) response.set('Retry-After', RETRY_AFTER)
  response
    .status(status)
    .type('text/plain')
    .send(`${fault?.message ?? 'internal error; see the log of the collector'}\n`)
}

function setWritten(response: Response, samples: number, histograms: number, exemplars: number): void {
  response.set('X-Prometheus-Remote-Write-Samples-Written', String(samples))
  response.set('X-Prometheus-Remote-Write-Histograms-Written', String(histograms))
  response.set('X-Prometheus-Remote-Write-Exemplars-Written', String(exemplars))
}

/** Undefined for a fault of our own. Whatever NATS says against it, the sender is to try again. */
function toWriteError(error: unknown): WriteError | undefined {
  if (error instanceof WriteError) return error
  if (codeOf(error) === undefined) return undefined
  return new WriteError('unavailable', `cannot be stored now: ${messageOf(error)}`, error)
}

function logOnce({ log, throttle }: ServeWriteDeps, outcome: string, source: string, reason: string): void {
  const due = throttle(`${outcome === 'partial' ? 'refused' : outcome} ${source}`)
  if (due)
    log.warn({ outcome, source, reason, suppressed: due.suppressed }, 'remote write is not taken as a whole')
}
