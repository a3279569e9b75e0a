import { type Dispatcher, errors } from 'undici'
import type { HttpAnswer } from '../http-outcome.ts'

interface Question {
  /** A login in it is not sent: that is for a header. */
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** How many characters of the answer's body are wanted. */
  readonly most: number
}

type Handler = Dispatcher.DispatchHandler
type Headers = Parameters<NonNullable<Handler['onResponseStart']>>[2]

/**
 * Asks once, and rejects when no answer came. Of a long body, this is the beginning; of one that broke off, what arrived.
 * No stream is made of a body: most say nothing, or little.
 */
export async function ask(
  dispatcher: Dispatcher,
  { url, method, headers, body, most }: Question,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
  let decoder: InstanceType<typeof TextDecoder> | undefined
  let controller: Dispatcher.DispatchController | undefined
  let begun: Omit<HttpAnswer, 'body'> | undefined
  let text = ''
  const abort = () => controller?.abort(signal.reason)
  const end = () => {
    if (begun) resolve({ ...begun, body: text.slice(0, most) })
  }
  const handler: Handler = {
    onRequestStart(started) {
      controller = started
      if (signal.aborted) abort()
    },
    onResponseStart(_, status, answered) {
      // What comes before the answer, such as early hints, is none.
      if (status < 200) return
      begun = {
        status,
        retryAfter: headerOf(answered, 'retry-after'),
        location: headerOf(answered, 'location'),
      }
    },
    onResponseData(answering, chunk) {
      decoder ??= new TextDecoder()
      text += decoder.decode(chunk, { stream: true })
      if (text.length < most) return
      end()
      // Closes the connection of a body that is left in the middle, unless the end has been read by then.
      queueMicrotask(() => answering.abort(new errors.RequestAbortedError()))
    },
    onResponseEnd: end,
    onResponseError(_, error) {
      // The status has said enough.
      if (begun) end()
      else reject(error)
    },
  }
  signal.addEventListener('abort', abort)
  try {
    dispatcher.dispatch(
      { origin: url.origin, path: url.pathname + url.search, method, headers, body: body ?? null },
      handler,
    )
    return await promise
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** A header of which there is one. */
function headerOf(headers: Headers, name: string): string | null {
  const value = headers[name]
  return (Array.isArray(value) ? value[0] : value) ?? null
}
