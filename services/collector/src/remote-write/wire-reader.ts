import { WriteError } from './write-error.ts'

export const VARINT = 0
export const FIXED64 = 1
export const DELIMITED = 2
const FIXED32 = 5

const TWO_32 = 2 ** 32
const TWO_63 = 2 ** 63
const TWO_64 = 2 ** 64

/**
 * Reads the fields of protobuf messages. No length is trusted: `end` is where the message around ends, and nothing is
 * read beyond. Written by hand, since what decodes whole messages (protobufjs) takes longer than all of our work.
 * @throws {WriteError} `malformed` from every method
 */
export class WireReader {
  readonly bytes: Buffer
  readonly view: DataView
  at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** A tag: the number of a field times eight, and its wire type. */
  tag(end: number): number {
    const tag = this.unsigned(end)
    if (tag < 8 || tag >= TWO_32) throw this.#fault('a field has no number')
    return tag
  }

  /** The end of the field that begins with its length here. */
  delimited(end: number): number {
    const length = this.unsigned(end)
    if (length > end - this.at) throw this.#fault('a field ends after the message that it is part of')
    return this.at + length
  }

  /** An unsigned number; beyond 2^53 the nearest. */
  unsigned(end: number): number {
    let byte = this.#byte(end)
    if (byte < 0x80) return byte
    let value = byte & 0x7f
    let scale = 0x80
    for (let i = 1; i < 10; i++) {
      byte = this.#byte(end)
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 0x80
    }
    throw this.#fault('a number has more than ten bytes')
  }

  /** A signed number in two's complement. */
  signed(end: number): number {
    const value = this.unsigned(end)
    return value < TWO_63 ? value : value - TWO_64
  }

  /** A signed number in zigzag form. */
  zigzag(end: number): number {
    const value = this.unsigned(end)
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  double(end: number): number {
    const from = this.at
    this.at = this.#after(8, end)
    return this.view.getFloat64(from, true)
  }

  skip(tag: number, end: number): void {
    switch (tag & 7) {
      case VARINT:
        this.unsigned(end)
        return
      case FIXED64:
        this.at = this.#after(8, end)
        return
      case DELIMITED:
        this.at = this.delimited(end)
        return
      case FIXED32:
        this.at = this.#after(4, end)
        return
      default:
        // Groups: these messages never had any.
        throw this.#fault(`a field has wire type ${tag & 7}`)
    }
  }

  #byte(end: number): number {
    if (this.at >= end) throw this.#fault('a number is cut off')
    return this.bytes[this.at++] ?? 0
  }

  #after(size: number, end: number): number {
    if (size > end - this.at) throw this.#fault('a field ends after the message that it is part of')
    return this.at + size
  }

  #fault(what: string): WriteError {
    return new WriteError('malformed', `the body is no remote write message: at byte ${this.at} ${what}`)
  }
}
