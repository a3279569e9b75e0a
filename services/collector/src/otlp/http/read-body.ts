import type { IncomingMessage } from 'node:http'
import { createGunzip } from 'node:zlib'
import { codeOf, messageOf } from '@tocsin/runtime'
import { OtlpError } from '../otlp-error.ts'
import type { Compression } from './choose-encoding.ts'
import type { Share } from './in-hand.ts'

/** Larger pieces cost fewer turns. */
const CHUNK_BYTES = 64 * 1024

/**
 * The body of a request as it came.
 * @throws {OtlpError} `too_large`, `overloaded`, `aborted`
 */
export async function readBody(request: IncomingMessage, maxBytes: number, share: Share): Promise<Buffer> {
  if (Number(request.headers['content-length']) > maxBytes) throw tooLarge(maxBytes)
  try {
    // Whoever sends too much is to hear of it: so the connection stays when this ends early.
    return await gather(request.iterator({ destroyOnReturn: false }), maxBytes, share)
  } catch (error) {
    if (error instanceof OtlpError) throw error
    throw new OtlpError('aborted', 'the connection ended before the body did', { cause: error })
  }
}

/**
 * The body without its compression; no more of it is made than may be there.
 * @throws {OtlpError} `too_large`, `overloaded`, `invalid_gzip`
 */
export async function decompress(
  body: Buffer,
  compression: Compression,
  maxBytes: number,
  share: Share,
): Promise<Buffer> {
  if (compression === 'none') return body
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
  gunzip.end(body)
  try {
    return await gather(gunzip, maxBytes, share)
  } catch (error) {
    // Memory that cannot be had is no fault of the body's.
    if (error instanceof OtlpError || codeOf(error) === 'Z_MEM_ERROR') throw error
    throw new OtlpError('invalid_gzip', `the body cannot be decompressed: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

async function gather(chunks: AsyncIterable<Buffer>, maxBytes: number, share: Share): Promise<Buffer> {
  const gathered: Buffer[] = []
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.length
    if (length > maxBytes) throw tooLarge(maxBytes)
    share.take(chunk.length)
    gathered.push(chunk)
  }
  return gathered.length === 1 && gathered[0] ? gathered[0] : Buffer.concat(gathered, length)
}

function tooLarge(maxBytes: number): OtlpError {
  return new OtlpError(
    'too_large',
    `the body is over ${maxBytes} bytes (OTLP_MAX_BYTES): send less in a request (OTEL_BSP_MAX_EXPORT_BATCH_SIZE, or send_batch_max_size)`,
  )
}
