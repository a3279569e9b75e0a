import { createGzip, constants as zlib } from 'node:zlib'
import type { Request, Response } from 'express'
import { acceptsGzip } from '../exposition/choose-format.ts'
import { sendPieces } from './send-pieces.ts'

/** Aborts when the client goes away before it has its answer. */
export function clientSignal(response: Response): AbortSignal {
  const aborter = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) aborter.abort(new Error('the client went away'))
  })
  return aborter.signal
}

/**
 * Answers with pieces of text or of bytes as they are made, compressed where the client takes that. A fault in the middle
 * cuts the connection, so that nobody takes half an answer for a whole one.
 */
export async function respondPieces(
  request: Request,
  response: Response,
  pieces: Iterable<string | Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  response.vary('Accept-Encoding')
  try {
    if (!acceptsGzip(request.get('accept-encoding'))) return await sendPieces(pieces, response, signal)
    response.set('Content-Encoding', 'gzip')
    const gzip = createGzip({ level: zlib.Z_BEST_SPEED })
    gzip.pipe(response)
    signal.addEventListener('abort', () => gzip.destroy(), { once: true })
    await sendPieces(pieces, gzip, signal)
  } catch (error) {
    response.destroy()
    throw error
  }
}
