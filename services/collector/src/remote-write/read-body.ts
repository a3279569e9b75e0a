import type { IncomingMessage } from 'node:http'
import type { Room } from './room.ts'
import { WriteError } from './write-error.ts'

/**
 * The body of a request, compressed as it came.
 * @throws {WriteError} `too_large`, `busy`, `aborted`
 */
export async function readBody(request: IncomingMessage, maxBytes: number, room: Room): Promise<Buffer> {
  if (Number(request.headers['content-length']) > maxBytes) throw tooLarge(maxBytes)
  const chunks: Buffer[] = []
  let length = 0
  try {
    // Whoever sends too much is to hear of it: so the connection stays when this ends early.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > maxBytes) throw tooLarge(maxBytes)
      room.take(chunk.length)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof WriteError) throw error
    throw new WriteError('aborted', 'the connection ended before the body did', error)
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length)
}

function tooLarge(maxBytes: number): WriteError {
  return new WriteError(
    'too_large',
    `the body is over ${maxBytes} bytes (REMOTE_WRITE_MAX_BYTES): send fewer samples in a request (max_samples_per_send)`,
  )
}
