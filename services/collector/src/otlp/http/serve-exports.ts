import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { codeOf, type Log, messageOf, type Throttle } from '@tocsin/runtime'
import type { Encoding } from '../decode/open-body.ts'
import { OtlpError } from '../otlp-error.ts'
import { type ReceiveExportDeps, receiveExport } from '../receive-export.ts'
import type { ExportOutcome, ExportResult, Signal } from '../signal.ts'
import { type Answer, answerFault, answerResult } from './answers.ts'
import { chooseCompression, chooseEncoding, encodingOf } from './choose-encoding.ts'
import type { InHand } from './in-hand.ts'
import { decompress, readBody } from './read-body.ts'
import type { ExportRecord } from './record-exports.ts'

export interface ServeExportsDeps extends ReceiveExportDeps {
  readonly log: Log
  readonly throttle: Throttle
  readonly record: ExportRecord
  readonly inHand: InHand
  readonly maxBytes: number
  /** Why nothing can be stored now; undefined when it can. */
  readonly trouble: () => string | undefined
}

const SIGNALS: ReadonlyMap<string, Signal> = new Map([
  ['/v1/metrics', 'metrics'],
  ['/v1/traces', 'traces'],
])

/** Answers OTLP over HTTP: 200 once everything of a request is stored. */
export function serveExports(deps: ServeExportsDeps): RequestListener {
  return async (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    const signal = SIGNALS.get(path)
    const encoding = encodingOf(request.headers['content-type']) ?? 'json'
    if (!signal) send(request, response, answerFault(notFound(path), encoding))
    else if (request.method === 'POST') await serve(deps, signal, request, response)
    else {
      const fault = new OtlpError('method_not_allowed', `${path} takes POST`)
      send(request, response, answerFault(fault, encoding))
    }
  }
}

async function serve(
  deps: ServeExportsDeps,
  signal: Signal,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const begun = performance.now()
  const encoding = encodingOf(request.headers['content-type']) ?? 'json'
  let outcome: ExportOutcome
  try {
    const { answer, isRepeated } = await take(deps, signal, request)
    outcome = isRepeated ? 'repeated' : outcomeOf(answer)
    send(request, response, answerResult(signal, answer, encoding))
  } catch (error) {
    const fault = toOtlpError(error)
    outcome = fault.code
    logFault(deps, signal, fault)
    send(request, response, answerFault(fault, encoding))
  }
  deps.record.ended(signal, outcome, (performance.now() - begun) / 1000)
}

async function take(deps: ServeExportsDeps, signal: Signal, request: IncomingMessage) {
  const encoding: Encoding = chooseEncoding(request.headers['content-type'])
  const compression = chooseCompression(request.headers['content-encoding'])
  const trouble = deps.trouble() ?? deps.translators[signal].trouble()
  if (trouble !== undefined) throw new OtlpError('unavailable', trouble, { retryable: true })
  const share = deps.inHand.enter()
  try {
    const sent = await readBody(request, deps.maxBytes, share)
    deps.record.received(signal, sent.length)
    const body = await decompress(sent, compression, deps.maxBytes, share)
    return await receiveExport(deps, { signal, encoding, body, share })
  } finally {
    share.leave()
  }
}

function outcomeOf({ accepted, rejected }: ExportResult): ExportOutcome {
  if (rejected === 0) return 'stored'
  return accepted > 0 ? 'partial' : 'refused'
}

/** What NATS says against it passes, except that a message is too large. What went wrong here is logged, not told. */
function toOtlpError(error: unknown): OtlpError {
  if (error instanceof OtlpError) return error
  const code = codeOf(error)
  const cause = { cause: error }
  if (code === undefined)
    return new OtlpError('internal', 'internal error; see the log of the collector', cause)
  if (code === 'too_large') return new OtlpError('too_large', `cannot be stored: ${messageOf(error)}`, cause)
  return new OtlpError('unavailable', `cannot be stored now: ${messageOf(error)}`, {
    ...cause,
    retryable: true,
  })
}

function notFound(path: string): OtlpError {
  return path === '/v1/logs'
    ? new OtlpError('not_found', 'logs are not taken: turn their export off (OTEL_LOGS_EXPORTER=none)')
    : new OtlpError('not_found', `${path} is not there: metrics go to /v1/metrics, traces to /v1/traces`)
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return
  response.writeHead(status, headers).end(body)
  // What nobody reads would keep the connection from its next request.
  request.resume()
}

function logFault({ log, throttle }: ServeExportsDeps, signal: Signal, fault: OtlpError): void {
  if (fault.code === 'internal')
    log.error({ err: fault.cause, signal }, 'a request of OTLP failed for a reason of our own')
  else if (fault.code !== 'aborted') {
    const due = throttle(`${signal} ${fault.code}`)
    if (due)
      log.warn(
        { signal, outcome: fault.code, reason: fault.message, suppressed: due.suppressed },
        'a request of OTLP is not taken',
      )
  }
}
