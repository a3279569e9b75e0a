/** What would end a line. */
const LINE_END = /[\r\n]/

/**
 * Headers that are only written: the client's own look a name up in all its spellings each time. Of what it sends, the
 * client asks for nothing but the bytes.
 */
export class SentHeaders {
  readonly #values = new Map<string, string>()
  #bytes: Buffer | undefined

  /** Takes the place of an earlier one of this name. @throws {TypeError} for a value that would begin another header */
  set(name: string, value: string): void {
    if (LINE_END.test(value)) throw new TypeError(`the header ${name} must be one line`)
    this.#values.set(name, value.trim())
    this.#bytes = undefined
  }

  get byteLength(): number {
    return this.encode().byteLength
  }

  encode(): Buffer {
    if (this.#bytes) return this.#bytes
    let text = 'NATS/1.0\r\n'
    for (const [name, value] of this.#values) text += `${name}: ${value}\r\n`
    this.#bytes = Buffer.from(`${text}\r\n`)
    return this.#bytes
  }
}
