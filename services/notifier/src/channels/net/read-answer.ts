import type { Dispatcher } from 'undici'

type Headers = Dispatcher.ResponseData['headers']
type Body = Dispatcher.ResponseData['body']

/** A header of which there is one. */
export function headerOf(headers: Headers, name: string): string | null {
  const value = headers[name]
  return (Array.isArray(value) ? value[0] : value) ?? null
}

/** The text of an answer, of a long one the beginning; what arrived of one that broke off. */
export async function beginningOf(headers: Headers, body: Body, most: number): Promise<string> {
  // Most say nothing, or little.
  if (Number(headerOf(headers, 'content-length') ?? Number.NaN) <= most) return body.text().catch(() => '')
  const decoder = new TextDecoder()
  let text = ''
  try {
    // A body that is left in the middle closes its connection; a short one gives it back.
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true })
      if (text.length >= most) break
    }
  } catch {
    // The status has said enough.
  }
  return text.slice(0, most)
}
