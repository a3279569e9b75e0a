import { checkSlackPayload } from './check-slack-payload.ts'
import { collection } from './collection.ts'
import { type Answer, type Answerer, type ReceivedRequest, startHttpSink } from './start-http-sink.ts'

export interface SlackMessage {
  readonly payload: Readonly<Record<string, unknown>>
  /** When it arrived, ms since the epoch. */
  readonly receivedAt: number
}

export interface Slack {
  /** The webhook's whole URL, for SLACK_WEBHOOK_URL. */
  readonly url: string
  /** Messages that were answered `ok`. */
  readonly messages: readonly SlackMessage[]
  /** Every request, the refused ones too. */
  readonly requests: readonly ReceivedRequest[]
  /** Before going back to normal, answers the next requests like this, one each: 429 with Retry-After, 500, hang, … */
  failNext(...answers: readonly (Answer | number)[]): void
  /** The first accepted message that satisfies `wanted`, arrived or to come. Default timeout 15 s. */
  waitForMessage(wanted?: (message: SlackMessage) => boolean, timeoutMs?: number): Promise<SlackMessage>
  clear(): void
  stop(): Promise<void>
}

const PATH = '/services/T00000000/B00000000/tocsintestkit'

/** Starts an endpoint that takes and refuses messages as Slack's incoming webhooks do: `ok`, `invalid_payload`, `no_text`, `invalid_blocks`, … */
export async function startSlack(options: { readonly port?: number } = {}): Promise<Slack> {
  const messages = collection<SlackMessage>('a Slack message', ({ payload }) =>
    JSON.stringify(payload).slice(0, 300),
  )
  let failures: (Answer | number)[] = []

  const answer: Answerer = (request) => {
    const failure = failures.shift()
    if (failure !== undefined) return typeof failure === 'number' ? { status: failure } : failure
    if (request.path !== PATH) return { status: 404, body: 'no_service' }
    if (request.method !== 'POST') return { status: 405, body: 'method_not_allowed' }
    const checked = checkSlackPayload(request.body)
    if ('fault' in checked) return { status: 400, body: checked.fault }
    messages.add({ payload: checked.payload, receivedAt: request.receivedAt })
    return { status: 200, body: 'ok', headers: { 'content-type': 'text/html' } }
  }

  const sink = await startHttpSink({ port: options.port, answer })
  return {
    url: `${sink.url}${PATH}`,
    messages: messages.items,
    requests: sink.requests,
    failNext(...answers) {
      failures = [...answers]
    },
    waitForMessage: (wanted = () => true, timeoutMs = 15_000) => messages.waitFor(wanted, timeoutMs),
    clear() {
      messages.clear()
      sink.clear()
    },
    stop: () => sink.stop(),
  }
}
