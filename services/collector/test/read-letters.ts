import { deadLetterHeaders as h } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'

export interface Letter {
  readonly reason: string
  readonly sequence: number
  readonly text: string
}

/** All dead letters, in the order in which they were written. */
export async function readLetters({ jsm, streamName }: Bus): Promise<readonly Letter[]> {
  const stream = streamName('DEAD_LETTERS')
  const { state } = await jsm.streams.info(stream)
  const letters: Letter[] = []
  for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq++) {
    const message = await jsm.streams.getMessage(stream, { seq })
    if (!message) continue
    const { header } = message
    letters.push({
      reason: header.get(h.reason),
      sequence: Number(header.get(h.sequence)),
      text: new TextDecoder().decode(message.data),
    })
  }
  return letters
}
