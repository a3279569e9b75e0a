/** `parse`: the text is no template; `execute`: it is one, and could not be expanded with its data. */
export type TemplateErrorCode = 'parse' | 'execute'

/** A template that could not be parsed or expanded; the message names line and column as Go's does. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly code: TemplateErrorCode
  readonly retryable = false

  constructor(code: TemplateErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** `line:column` of an offset; the line counts from 1, the column is in bytes, from 0, as in Go's messages. */
export function placeOf(source: string, offset: number): string {
  const before = source.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return `${before.split('\n').length}:${Buffer.byteLength(before.slice(lineStart))}`
}
