import { readFile } from 'node:fs/promises'
import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { json, text } from 'node:stream/consumers'
import { codeOf } from '@tocsin/runtime'
import { z } from 'zod'
import { outcomeOfAnswer, outcomeOfFailure } from '../channels/http-outcome.ts'
import type { SendOutcome } from '../delivery/channel.ts'
import type { Target, TlsPaths } from './alertmanager-env.ts'

/** An alert as Alertmanager's API takes it. */
export interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL: string
}

/** Posts alerts to one Alertmanager. */
export interface PostAlerts {
  /** Never rejects. `refused`: these alerts, for what they are; `retry`: whatever else keeps them from being taken. */
  post(alerts: readonly PostableAlert[], signal: AbortSignal): Promise<SendOutcome>
  /** When it says that it was started; undefined where it does not say. Never rejects. */
  startedAt(signal: AbortSignal): Promise<string | undefined>
  close(): void
}

export interface PostOptions {
  /** Read anew for every connection that follows a failure, so that a renewed one needs no restart. */
  readonly tls: TlsPaths
  readonly timeoutMs: number
  readonly now: () => number
}

const status = z.object({ uptime: z.string() })

/** What Alertmanager says when an alert in the request is at fault; any other answer is about the way to it. */
const ABOUT_ALERTS = ['http_400', 'http_413', 'http_422']
const LONGEST_ANSWER = 500

export function createPostAlerts(target: Target, { tls, timeoutMs, now }: PostOptions): PostAlerts {
  const url = new URL(target.name)
  let agent: HttpAgent | HttpsAgent | undefined

  async function connect(): Promise<HttpAgent | HttpsAgent> {
    if (url.protocol === 'http:') return new HttpAgent({ keepAlive: true, maxSockets: 1 })
    const [ca, cert, key] = await Promise.all(
      [tls.ca, tls.cert, tls.key].map((path) => (path === undefined ? undefined : readFile(path))),
    )
    return new HttpsAgent({
      keepAlive: true,
      maxSockets: 1,
      ...(ca && { ca }),
      ...(cert && key && { cert, key }),
    })
  }

  function disconnect(): void {
    agent?.destroy()
    agent = undefined
  }

  async function ask(to: URL, signal: AbortSignal, body?: string): Promise<IncomingMessage> {
    agent ??= await connect()
    const headers = {
      'user-agent': 'Tocsin',
      ...(target.authorization === undefined ? {} : { authorization: target.authorization }),
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    }
    const options = { method: body === undefined ? 'GET' : 'POST', headers, agent, signal }
    const make = () => (to.protocol === 'http:' ? requestHttp(to, options) : requestHttps(to, options))
    return answerTo(make, body)
  }

  async function send(body: string, signal: AbortSignal): Promise<SendOutcome> {
    const answer = await ask(url, signal, body)
    const said = (await text(answer)).slice(0, LONGEST_ANSWER)
    return outcomeOfAnswer(
      {
        status: answer.statusCode ?? 0,
        retryAfter: answer.headers['retry-after'] ?? null,
        location: answer.headers.location ?? null,
        body: said,
      },
      now(),
    )
  }

  return {
    async post(alerts, stopping) {
      const signal = AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)])
      const outcome = await send(JSON.stringify(alerts), signal).catch((error: unknown) =>
        outcomeOfFailure(error, signal),
      )
      if (outcome.result === 'retry') disconnect()
      if (outcome.result !== 'refused' || ABOUT_ALERTS.includes(outcome.reason)) return outcome
      return { ...outcome, result: 'retry', detail: adviceOn(outcome) }
    },
    async startedAt(stopping) {
      const signal = AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)])
      try {
        const answer = await json(await ask(new URL('status', url), signal))
        return status.safeParse(answer).data?.uptime
      } catch {
        return undefined
      }
    },
    close: disconnect,
  }
}

/** A connection that was kept open may have been closed at the other end just now: that is no failure yet. */
function answerTo(make: () => ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const made = make()
    made.once('response', resolve)
    made.once('error', (error) => {
      if (made.reusedSocket && codeOf(error) === 'ECONNRESET') resolve(answerTo(make, body))
      else reject(error)
    })
    made.end(body)
  })
}

function adviceOn({ reason, detail = '' }: SendOutcome): string {
  if (reason === 'http_401' || reason === 'http_403')
    return `${detail} (see ALERT_MANAGER_USER, ALERT_MANAGER_PASS and ALERT_MANAGER_TOKEN)`
  if (reason === 'http_404')
    return `${detail} (is there a path before /api/v2/alerts? Give it in ALERT_MANAGER_URL)`
  return detail
}
