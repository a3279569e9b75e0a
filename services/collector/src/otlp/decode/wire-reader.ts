import { OtlpError } from '../otlp-error.ts'
import type { MessageReader } from './message-reader.ts'
import { readText } from './text-cache.ts'

const VARINT = 0
const FIXED64 = 1
const DELIMITED = 2
const FIXED32 = 5

const TWO_32 = 4_294_967_296

/** Walks through a message in protobuf. */
export class WireReader implements MessageReader {
  field = 0
  mark = 0
  at: number
  readonly #body: Buffer
  readonly #view: DataView
  #end: number
  #wireType = 0

  constructor(body: Buffer, at = 0) {
    this.#body = body
    this.#view = new DataView(body.buffer, body.byteOffset, body.byteLength)
    this.at = at
    this.#end = body.length
  }

  next(): boolean {
    if (this.at >= this.#end) return false
    this.mark = this.at
    const tag = this.#varint32()
    this.field = tag >>> 3
    this.#wireType = tag & 7
    if (this.field === 0) throw this.#fault('a field is numbered 0')
    return true
  }

  skip(): void {
    switch (this.#wireType) {
      case VARINT:
        this.#uint64()
        return
      case FIXED64:
        this.#take(8)
        return
      case DELIMITED:
        this.#take(this.#varint32())
        return
      case FIXED32:
        this.#take(4)
        return
      default:
        // Groups: OTLP never had any.
        throw this.#fault(`field ${this.field} has wire type ${this.#wireType}`)
    }
  }

  enter(): number {
    const length = this.#length()
    const outer = this.#end
    this.#end = this.at + length
    return outer
  }

  leave(outer: number): void {
    this.at = this.#end
    this.#end = outer
  }

  restart(at: number): void {
    this.at = at
  }

  back(mark: number): void {
    this.at = mark
    this.next()
  }

  fork(mark: number): WireReader {
    const fork = new WireReader(this.#body, mark)
    fork.next()
    return fork
  }

  finish(): void {}

  text(): string {
    const length = this.#length()
    return readText(this.#body, this.#take(length), length)
  }

  bytes(): Uint8Array {
    const length = this.#length()
    const from = this.#take(length)
    return this.#body.subarray(from, from + length)
  }

  bool(): boolean {
    return this.#varint() !== 0
  }

  double(): number {
    return this.#view.getFloat64(this.#fixed(FIXED64, 8), true)
  }

  uint32(): number {
    // Longer ones are cut, as protobuf has it.
    return this.#varint() % TWO_32
  }

  fixed32(): number {
    return this.#view.getUint32(this.#fixed(FIXED32, 4), true)
  }

  sint32(): number {
    const zigzag = this.uint32()
    return (zigzag >>> 1) ^ -(zigzag & 1)
  }

  fixed64(): number {
    return this.#uint64At(this.#fixed(FIXED64, 8))
  }

  sfixed64(): number {
    const at = this.#fixed(FIXED64, 8)
    return this.#view.getInt32(at + 4, true) * TWO_32 + this.#view.getUint32(at, true)
  }

  int64(): number | bigint {
    const from = this.at
    const value = this.#varint()
    if (value <= Number.MAX_SAFE_INTEGER) return value
    let exact = 0n
    for (let i = this.at - 1; i >= from; i--) exact = (exact << 7n) | BigInt((this.#body[i] ?? 0) & 0x7f)
    const signed = BigInt.asIntN(64, exact)
    const number = Number(signed)
    return Number.isSafeInteger(number) ? number : signed
  }

  enumeration<T extends string>(values: readonly [T, ...T[]]): T {
    return values[this.uint32()] ?? values[0]
  }

  doubles(to: number[]): void {
    this.#list(FIXED64, () => this.#view.getFloat64(this.#take(8), true), to)
  }

  fixed64s(to: number[]): void {
    this.#list(FIXED64, () => this.#uint64At(this.#take(8)), to)
  }

  uint64s(to: number[]): void {
    this.#list(VARINT, () => this.#uint64(), to)
  }

  time(): number {
    return this.#fixed(FIXED64, 8)
  }

  millis(time: number): number {
    return this.#view.getUint32(time + 4, true) * 4294 + Math.floor(this.#restAt(time) / 1e6)
  }

  millisBetween(from: number, to: number): number {
    const nanos = (this.#restAt(to) % 1e6) - (this.#restAt(from) % 1e6)
    return this.millis(to) - this.millis(from) + nanos / 1e6
  }

  /** Of 2^32 ns, 4294 are whole ms, and 967,296 ns are left: so no number here is too large to be exact. */
  #restAt(time: number): number {
    return this.#view.getUint32(time + 4, true) * 967_296 + this.#view.getUint32(time, true)
  }

  id(bytes: number): number {
    const length = this.#length()
    const from = this.#take(length)
    return length === bytes ? from : -1
  }

  hex(id: number, bytes: number): string {
    if (id < 0) return ''
    const hex = this.#body.toString('hex', id, id + bytes)
    return /^0+$/.test(hex) ? '' : hex
  }

  /** Numbers are packed, or each a field of its own. */
  #list(wireType: number, read: () => number, to: number[]): void {
    if (this.#wireType !== DELIMITED) {
      this.#expect(wireType)
      to.push(read())
      return
    }
    const outer = this.enter()
    while (this.at < this.#end) to.push(read())
    this.leave(outer)
  }

  #expect(wireType: number): void {
    if (this.#wireType !== wireType)
      throw this.#fault(`field ${this.field} has wire type ${this.#wireType} instead of ${wireType}`)
  }

  #length(): number {
    this.#expect(DELIMITED)
    const length = this.#varint32()
    if (length > this.#end - this.at) throw this.#overrun()
    return length
  }

  #fixed(wireType: number, size: number): number {
    this.#expect(wireType)
    return this.#take(size)
  }

  /** Passes over bytes and answers where they began. */
  #take(size: number): number {
    const from = this.at
    if (size > this.#end - from) throw this.#overrun()
    this.at = from + size
    return from
  }

  #varint(): number {
    this.#expect(VARINT)
    return this.#uint64()
  }

  /** For tags and lengths. */
  #varint32(): number {
    const first = this.#body[this.at] ?? 0
    if (first < 0x80 && this.at < this.#end) {
      this.at++
      return first
    }
    const value = this.#uint64()
    if (value >= TWO_32) throw this.#fault('a tag or length has more than 32 bits')
    return value
  }

  #uint64(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 10; i++) {
      if (this.at >= this.#end) throw this.#fault('a number is cut off')
      const byte = this.#body[this.at++] ?? 0
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
    throw this.#fault('a number has more than ten bytes')
  }

  #uint64At(at: number): number {
    return this.#view.getUint32(at + 4, true) * TWO_32 + this.#view.getUint32(at, true)
  }

  #overrun(): OtlpError {
    return this.#fault('a field is longer than the message that it is part of')
  }

  #fault(what: string): OtlpError {
    return new OtlpError('invalid_protobuf', `no OTLP message in protobuf: at byte ${this.at} ${what}`)
  }
}
