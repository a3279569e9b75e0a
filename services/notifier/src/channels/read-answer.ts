import type { HttpAnswer } from './http-outcome.ts'

const MOST_BYTES = 2048

/** What an answer says; of its body, the beginning. */
export async function readAnswer(response: Response): Promise<HttpAnswer> {
  const body = response.ok ? '' : await beginningOf(response)
  // An unread body would hold the connection; the end of a short one gives it back for the next request.
  if (response.ok) void response.arrayBuffer().catch(() => {})
  const { status, headers } = response
  return { status, retryAfter: headers.get('retry-after'), location: headers.get('location'), body }
}

async function beginningOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (text.length >= MOST_BYTES) break
    }
  } catch {
    // The status has said enough.
  }
  return text.slice(0, MOST_BYTES)
}
