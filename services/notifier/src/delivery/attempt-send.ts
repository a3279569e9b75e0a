import type { OutboxEvent } from '@tocsin/contract'
import { type Clock, messageOf } from '@tocsin/runtime'
import type { Channel, SendOutcome } from './channel.ts'

/** Makes one attempt, cut off after `timeoutMs` even where the adapter itself hangs. Never rejects. */
export async function attemptSend(
  channel: Channel,
  event: OutboxEvent,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<SendOutcome> {
  const cutOff = new AbortController()
  const timedOut = Promise.withResolvers<SendOutcome>()
  const cancel = clock.setTimeout(() => {
    cutOff.abort()
    timedOut.resolve({ result: 'retry', reason: 'timeout', detail: `no answer within ${timeoutMs} ms` })
  }, timeoutMs)
  try {
    return await Promise.race([channel.send(event, { signal: cutOff.signal }), timedOut.promise])
  } catch (error) {
    return { result: 'retry', reason: 'adapter_failed', detail: messageOf(error) }
  } finally {
    cancel()
  }
}
