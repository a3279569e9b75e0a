/** The fields of a message: their names in JSON, their numbers in protobuf, and which are lists. */
export interface MessageFields {
  readonly numbers: ReadonlyMap<string, number>
  readonly lists: ReadonlySet<number>
}

/** Describes a message by its single fields and its lists, as OTLP's .proto files have them. */
export function message(
  single: Readonly<Record<string, number>>,
  lists: Readonly<Record<string, number>> = {},
): MessageFields {
  return {
    numbers: new Map([...Object.entries(single), ...Object.entries(lists)]),
    lists: new Set(Object.values(lists)),
  }
}

/**
 * Walks through a message field by field, whichever encoding it is in. An item of a list is a field of its own, as in
 * protobuf. Nothing that a body says of itself is trusted.
 * @throws OtlpError `invalid_protobuf` or `invalid_json` from every method
 */
export interface MessageReader {
  /** Goes on to the next field; false at the end of the message. */
  next(): boolean
  /** The number of the present field. */
  readonly field: number
  /** The place of the present field, for `back` and `fork`. */
  readonly mark: number
  /** Where reading goes on. Set it to where it was to pass over what `back` led to. */
  at: number
  skip(): void
  /** Begins the message in this field; read it to its end, then `leave` with what this answers. */
  enter(fields: MessageFields): number
  leave(outer: number): void
  /** Begins the present message again, when `at` was this after `enter`. */
  restart(at: number): void
  /** Goes back to a field of this message. */
  back(mark: number): void
  /** A reader of its own at a field, for later. */
  fork(mark: number): MessageReader
  /** Makes sure that nothing follows the outermost message. */
  finish(): void

  text(): string
  bool(): boolean
  bytes(): Uint8Array
  double(): number
  /** An unsigned integer of 32 bits. */
  uint32(): number
  fixed32(): number
  sint32(): number
  /** An unsigned integer of 64 bits; beyond 2^53 the nearest number. */
  fixed64(): number
  /** A signed integer of 64 bits; beyond 2^53 the nearest number. */
  sfixed64(): number
  /** A signed integer of 64 bits; a bigint where a number would not be exact. */
  int64(): number | bigint
  /** The value of an enumeration with this number; the first for one that is not known. */
  enumeration<T extends string>(values: readonly [T, ...T[]], prefix: string): T
  /** Append the numbers of a list, one or many of them. */
  doubles(to: number[]): void
  fixed64s(to: number[]): void
  uint64s(to: number[]): void

  /** Where a time is, for `millis` and `millisBetween`. */
  time(): number
  /** A time in whole milliseconds since 1970. */
  millis(time: number): number
  /** From one time to another, with fractions. */
  millisBetween(from: number, to: number): number
  /** Where an id of so many bytes is, for `hex`; -1 for one that is not valid. */
  id(bytes: number): number
  /** An id in hexadecimal, lower case; empty for -1, and for only zeros. */
  hex(id: number, bytes: number): string
}
