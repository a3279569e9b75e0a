import type { OutboxEvent } from '@tocsin/contract'
import type { Channel, SendOutcome } from '../delivery/channel.ts'
import { createSay, type Say } from '../render/say.ts'
import type { ChannelDeps } from './channel-kind.ts'
import { type HttpAnswer, outcomeOfAnswer, outcomeOfFailure } from './http-outcome.ts'
import { createHttpClient, type HttpCall } from './net/http-client.ts'
import { type HttpConfig, httpConfig } from './settings/http-config.ts'
import type { Secrets } from './settings/secrets.ts'

export interface HttpChannel {
  readonly concurrency: number
  readonly http: HttpConfig | undefined
  readonly secrets: Secrets
  /** What one notification asks for: one call, or several of which each waits for the one before. */
  calls(event: OutboxEvent, say: Say): Promise<readonly HttpCall[]>
  /** Another call where the service cannot read this one, once; undefined where there is none. */
  instead?(answer: HttpAnswer, call: HttpCall): HttpCall | undefined
  /** What an answer means; undefined where its status says it all. */
  judge?(answer: HttpAnswer): SendOutcome | undefined
  /** Takes its meaning from what labels say, before templates see it. */
  tame?(text: string): string
  /** How long one attempt may take, in ms, if not as long as any. */
  readonly timeoutMs?: number | undefined
}

/** A channel that speaks HTTP. */
export function createHttpChannel(deps: ChannelDeps, parts: HttpChannel): Channel {
  const { secrets } = parts
  const client = createHttpClient(parts.http ?? httpConfig.parse({}), { ...deps, secrets })

  async function send(event: OutboxEvent, signal: AbortSignal): Promise<SendOutcome> {
    const say = createSay(deps.templates, event, parts.tame)
    for (const call of await parts.calls(event, say)) {
      const headers = {
        'Content-Type': 'application/json',
        // The same for every attempt: a receiver that has seen it may drop the repeat.
        'Idempotency-Key': event.id,
        ...call.headers,
      }
      let answer = await client.call({ ...call, headers }, signal)
      const other = parts.instead?.(answer, call)
      if (other) answer = await client.call({ ...other, headers }, signal)
      const outcome = parts.judge?.(answer) ?? outcomeOfAnswer(answer, deps.clock.now())
      if (outcome.result !== 'delivered') return outcome
    }
    return deliveredWith(say.faults)
  }

  return {
    name: deps.name,
    concurrency: parts.concurrency,
    get secrets() {
      return secrets.all
    },
    async send(event, { signal: given }) {
      const limit = withTimeout(deps, given, parts.timeoutMs)
      try {
        return hidden(await send(event, limit.signal), secrets)
      } catch (error) {
        const outcome = outcomeOfFailure(error, limit.signal)
        if (outcome.reason !== 'timeout') client.reconnect()
        return hidden(outcome, secrets)
      } finally {
        limit.cancel()
      }
    },
    async preview(event) {
      const say = createSay(deps.templates, event, parts.tame)
      const calls = await parts.calls(event, say)
      return {
        faults: say.faults.map(secrets.hide),
        parts: calls.map(({ method = 'POST', url, body = '' }) => ({
          name: `${method} ${secrets.hide(url)}`,
          type: 'application/json',
          content: secrets.hide(body),
        })),
      }
    },
    close: () => client.close(),
  }
}

/** It arrived; what could not be said as configured is told in the delivery log. */
export function deliveredWith(faults: readonly string[]): SendOutcome {
  if (faults.length === 0) return { result: 'delivered', reason: 'ok' }
  return { result: 'delivered', reason: 'template_failed', detail: faults.join('; ') }
}

export function hidden(outcome: SendOutcome, secrets: Secrets): SendOutcome {
  return outcome.detail === undefined ? outcome : { ...outcome, detail: secrets.hide(outcome.detail) }
}

function withTimeout({ clock }: ChannelDeps, signal: AbortSignal, timeoutMs: number | undefined) {
  if (timeoutMs === undefined) return { signal, cancel() {} }
  const own = new AbortController()
  const cancel = clock.setTimeout(() => own.abort(), timeoutMs)
  return { signal: AbortSignal.any([signal, own.signal]), cancel }
}
