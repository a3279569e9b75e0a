import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FrameEnds } from './frame-ends.ts'

const LINES = [
  'PING\r\n',
  'PONG\r\n',
  '+OK\r\n',
  "-ERR 'Slow Consumer'\r\n",
  'INFO {"server_id":"MSG 1 2 3"}\r\n',
]

/** As NATS writes them; the body looks like frames itself. */
function message(size: number, withHeaders: boolean): string {
  const headers = 'NATS/1.0\r\nA: MSG a 1 9\r\n\r\n'
  const body = 'MSG x 1 40\r\nPING\r\n'.repeat(Math.ceil(size / 18)).slice(0, size)
  return withHeaders
    ? `HMSG a.b 12 reply.to ${headers.length} ${headers.length + size}\r\n${headers}${body}\r\n`
    : `MSG a.b 12 ${size}\r\n${body}\r\n`
}

/** Reads a stream into a buffer as a connection does; what is passed on, in chunks. */
function pass(stream: Buffer, room: number, nextRead: (most: number) => number) {
  const ends = new FrameEnds()
  const buffer = Buffer.alloc(room)
  const chunks: { readonly bytes: Buffer; readonly messages: number; readonly isBroken: boolean }[] = []
  let begun = 0
  for (let at = 0; at < stream.length; ) {
    const length = Math.min(nextRead(room - begun), room - begun, stream.length - at)
    stream.copy(buffer, begun, at, at + length)
    at += length
    const filled = begun + length
    const end = ends.end(buffer, filled)
    begun = filled - end
    if (end > 0)
      chunks.push({
        bytes: Buffer.from(buffer.subarray(0, end)),
        messages: ends.messages,
        isBroken: ends.isBroken,
      })
    buffer.copyWithin(0, end, filled)
  }
  return { chunks, left: begun }
}

const frame = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...LINES) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.oneof(fc.nat(60), fc.nat(1500)), fc.boolean()).map((of) => message(...of)),
  },
)

it('passes on every byte in order, cut between frames, however it is read', () => {
  const reads = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1 })
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 60 }), fc.integer({ min: 64, max: 464 }), reads, checkCuts),
    { numRuns: 300 },
  )
})

function checkCuts(frames: readonly string[], room: number, reads: readonly number[]): void {
  const starts = new Set([0])
  let at = 0
  for (const { length } of frames) {
    at += length
    starts.add(at)
  }
  let read = 0
  const { chunks, left } = pass(Buffer.from(frames.join('')), room, () => reads[read++ % reads.length] ?? 1)

  expect(left).toBe(0)
  expect(Buffer.concat(chunks.map(({ bytes }) => bytes)).toString()).toBe(frames.join(''))
  let from = 0
  for (const { bytes, messages, isBroken } of chunks) {
    const to = from + bytes.length
    if (!isBroken) {
      expect(starts.has(from) && starts.has(to)).toBe(true)
      expect(messages).toBe(countMessages(frames, from, to))
    }
    from = to
  }
}

function countMessages(frames: readonly string[], from: number, to: number): number {
  let at = 0
  let count = 0
  for (const frame of frames) {
    if (at >= from && at < to && /^H?MSG /.test(frame)) count++
    at += frame.length
  }
  return count
}

it('passes on in part what does not fit, and finds the next frame behind it', () => {
  const large = message(1000, false)
  const { chunks } = pass(Buffer.from(`PING\r\n${large}${message(5, true)}PONG\r\n`), 256, (most) => most)
  expect(chunks.map(({ isBroken }) => isBroken)).toEqual([false, true, true, true, true, false])
  expect(chunks.map(({ bytes }) => bytes.length).slice(0, 4)).toEqual([6, 256, 256, 256])
  expect(chunks.at(-1)?.bytes.toString().endsWith('PONG\r\n')).toBe(true)
})

it('holds nothing back of what is no protocol', () => {
  const { chunks, left } = pass(Buffer.alloc(1000, 'x'), 128, (most) => most)
  expect(Buffer.concat(chunks.map(({ bytes }) => bytes)).length + left).toBe(1000)
  expect(left).toBe(0)
})
