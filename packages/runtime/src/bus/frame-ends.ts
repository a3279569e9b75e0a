const NEWLINE = 10
const DIGIT_0 = 48
const DIGIT_9 = 57
const MESSAGE = 77 | 0x20
const MESSAGE_WITH_HEADERS = 72 | 0x20
const LINE_END_BYTES = 2

/**
 * Finds where the frames of NATS' protocol end, read after read, without looking into them: a line, and behind a
 * message's line as many bytes as its last number says.
 */
export class FrameEnds {
  /** Messages that {@link end} found whole in what it was last given. */
  messages = 0
  /** Whether what it was last given began or ended within a frame that did not fit. */
  isBroken = false
  /** Bytes still to come of a frame that was passed on in part. */
  #owed = 0

  /**
   * Where the last whole frame in the first `length` bytes ends; 0 when more must be read first. What fills all of
   * `bytes` without an end is passed on in part.
   */
  end(bytes: Buffer, length: number): number {
    this.messages = 0
    this.isBroken = this.#owed > 0
    let at = Math.min(this.#owed, length)
    this.#owed -= at
    while (at < length) {
      const newline = bytes.indexOf(NEWLINE, at)
      if (newline < 0 || newline >= length) break
      const isMessage = isMessageLine(bytes[at] ?? 0)
      const next = newline + 1 + (isMessage ? payloadBytes(bytes, newline) : 0)
      if (next > length) {
        if (at === 0 && length === bytes.length) return this.#passInPart(next - length, length)
        break
      }
      if (isMessage) this.messages++
      at = next
    }
    // No line is that long: whatever this is, the parser is to say so.
    return at === 0 && length === bytes.length ? this.#passInPart(Number.POSITIVE_INFINITY, length) : at
  }

  #passInPart(owed: number, length: number): number {
    this.#owed = owed
    this.isBroken = true
    return length
  }
}

function isMessageLine(first: number): boolean {
  const letter = first | 0x20
  return letter === MESSAGE || letter === MESSAGE_WITH_HEADERS
}

/** The last number of a message's line, and the end of the line behind the payload. */
function payloadBytes(bytes: Buffer, newline: number): number {
  let size = 0
  let place = 1
  for (let at = newline - 1; at >= 0; at--) {
    const digit = bytes[at] ?? 0
    if (digit >= DIGIT_0 && digit <= DIGIT_9) {
      size += (digit - DIGIT_0) * place
      place *= 10
    } else if (place > 1) break
    else if (digit > 32) break
  }
  return size + LINE_END_BYTES
}
