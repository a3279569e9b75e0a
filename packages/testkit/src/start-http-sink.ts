import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { collection } from './collection.ts'

export interface ReceivedRequest {
  readonly method: string
  /** Path with query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The body as JSON; throws when it is none. */
  json(): unknown
  /** When the request was complete, ms since the epoch. */
  readonly receivedAt: number
}

export interface Answer {
  /** Default 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Wait before answering. */
  readonly delayMs?: number
  /** Take the request and never answer. */
  readonly hang?: boolean
  /** Take the request and drop the connection. */
  readonly reset?: boolean
}

export type Answerer = (request: ReceivedRequest) => Answer | Promise<Answer>

export interface HttpSink {
  readonly url: string
  readonly port: number
  /** Every request, in order of arrival, whatever it was answered. */
  readonly requests: readonly ReceivedRequest[]
  /** Answers from now on: each once, the last one for ever. A number is a status. */
  answer(...sequence: readonly [Answer | number, ...(Answer | number)[]]): void
  /** Answers from now on by a function. */
  answerWith(answerer: Answerer): void
  /** The first request that satisfies `wanted`, arrived or to come. Default timeout 15 s. */
  waitForRequest(wanted?: (request: ReceivedRequest) => boolean, timeoutMs?: number): Promise<ReceivedRequest>
  clear(): void
  stop(): Promise<void>
}

async function readRequest(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const body = await text(incoming)
  const headers = Object.entries(incoming.headers).map(
    ([name, value]) => [name, String(value ?? '')] as const,
  )
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: Object.fromEntries(headers),
    body,
    json: () => JSON.parse(body) as unknown,
    receivedAt: Date.now(),
  }
}

function inSequence(sequence: readonly (Answer | number)[]): Answerer {
  const left = [...sequence]
  return () => {
    const answer = (left.length > 1 ? left.shift() : left[0]) ?? 200
    return typeof answer === 'number' ? { status: answer } : answer
  }
}

/** Starts a real HTTP server on loopback that keeps what it is sent, and answers as told (default: 200). */
export async function startHttpSink(
  options: { readonly port?: number; readonly answer?: Answerer } = {},
): Promise<HttpSink> {
  const requests = collection<ReceivedRequest>(
    'a request',
    (r) => `${r.method} ${r.path} ${r.body.slice(0, 200)}`,
  )
  let answerer: Answerer = options.answer ?? inSequence([200])
  const delayed = new Set<NodeJS.Timeout>()

  const send = (response: ServerResponse, answer: Answer) => {
    if (answer.hang) return
    if (answer.reset) return void response.destroy()
    response.writeHead(answer.status ?? 200, answer.headers).end(answer.body ?? '')
  }

  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await readRequest(incoming)
    const pending = answerer(request)
    requests.add(request)
    const answer = await pending
    if (!answer.delayMs) return send(response, answer)
    const timer = setTimeout(() => {
      delayed.delete(timer)
      send(response, answer)
    }, answer.delayMs)
    delayed.add(timer)
  }

  const server = createServer((incoming, response) => {
    // The client went away in the middle of its request, or the test's answerer threw.
    handle(incoming, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  let stopping: Promise<void> | undefined

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests: requests.items,
    answer(...sequence) {
      answerer = inSequence(sequence)
    },
    answerWith(next) {
      answerer = next
    },
    waitForRequest: (wanted = () => true, timeoutMs = 15_000) => requests.waitFor(wanted, timeoutMs),
    clear: () => requests.clear(),
    stop() {
      stopping ??= new Promise<void>((resolve) => {
        for (const timer of delayed) clearTimeout(timer)
        server.close(() => resolve())
        server.closeAllConnections()
      })
      return stopping
    },
  }
}
