import { codeOf, messageOf } from '@tocsin/runtime'
import type { z } from 'zod'
import type { SendOutcome } from '../delivery/channel.ts'
import { TokenError } from './net/token-error.ts'

export interface HttpAnswer {
  readonly status: number
  readonly retryAfter: string | null
  readonly location: string | null
  /** The beginning of the body. */
  readonly body: string
}

/** What an HTTP answer means: 2xx taken, 408, 429 and 5xx worth another try, everything else refused for good. */
export function outcomeOfAnswer(
  { status, retryAfter, location, body }: HttpAnswer,
  nowMs: number,
): SendOutcome {
  const said = body.replace(/\s+/g, ' ').trim()
  const reason = `http_${status}`
  if (status >= 200 && status < 300) return { result: 'delivered', reason: 'ok' }
  if (status === 408 || status === 429 || status >= 500) {
    const retryAfterMs = parseRetryAfter(retryAfter, nowMs)
    return { result: 'retry', reason, detail: said, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
  }
  if (location !== null)
    return {
      result: 'refused',
      reason,
      detail: `it points to ${withoutQuery(location)}: configure that address instead`,
    }
  return { result: 'refused', reason, detail: said }
}

/** What follows a question mark may let in whoever knows it. */
function withoutQuery(location: string): string {
  return location.replace(/[?#].*$/s, '')
}

/** A 429 whose body says in how many seconds, where it does. */
export function retryIn<T>(
  { status, body }: HttpAnswer,
  schema: z.ZodType<T>,
  secondsOf: (said: T) => number,
): SendOutcome | undefined {
  if (status !== 429) return undefined
  const { data } = schema.safeParse(parsed(body))
  if (data === undefined) return undefined
  return { result: 'retry', reason: 'http_429', retryAfterMs: Math.ceil(secondsOf(data) * 1000) }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Seconds, or a date: as milliseconds from now. */
export function parseRetryAfter(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs)
}

const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_reset',
  EPIPE: 'connection_reset',
  UND_ERR_SOCKET: 'connection_reset',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EDNS: 'dns',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
}

/** Ours: what is at fault is the configuration, and no attempt will mend it. */
const faultsOfSettings = ['target_private', 'invalid_template']

/** What it means that no answer came: worth another try, unless we ourselves would not ask. */
export function outcomeOfFailure(error: unknown, signal: AbortSignal): SendOutcome {
  const chain = causes(error)
  const fault = chain.find((e) => faultsOfSettings.includes(codeOf(e) ?? ''))
  if (fault) return { result: 'refused', reason: codeOf(fault) ?? 'settings', detail: messageOf(fault) }
  if (error instanceof TokenError) return outcomeWithoutToken(error)
  if (signal.aborted) return { result: 'retry', reason: 'timeout', detail: whatWasLate(error) }
  if (codeOf(error) === 'secret_file')
    return { result: 'retry', reason: 'secret_file', detail: messageOf(error) }
  const code = chain.flatMap(codesOf).find((c) => c in networkReasons)
  const tls = chain.some((e) => /CERT|TLS|SSL/.test(codeOf(e) ?? ''))
  const reason = code === undefined ? (tls ? 'tls' : 'network') : (networkReasons[code] ?? 'network')
  return { result: 'retry', reason, detail: chain.map(messageOf).filter(Boolean).join(': ') }
}

function outcomeWithoutToken({ code: reason, message: detail, retryAfterMs }: TokenError): SendOutcome {
  return { result: 'retry', reason, detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}

function whatWasLate(error: unknown): string {
  return codeOf(error) === 'timeout' ? messageOf(error) : 'no answer in time'
}

/** An error's code, and those that its message names: nodemailer wraps the system's error without keeping it. */
function codesOf(error: unknown): string[] {
  return [codeOf(error) ?? '', ...(messageOf(error).match(/\bE[A-Z]{4,}\b/g) ?? [])]
}

/** An error and what caused it, innermost last; several attempts to connect count as causes too. */
function causes(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let e: unknown = error; e !== undefined && chain.length < 5; ) {
    chain.push(e)
    e = e instanceof AggregateError ? e.errors[0] : e instanceof Error ? e.cause : undefined
  }
  return chain
}
