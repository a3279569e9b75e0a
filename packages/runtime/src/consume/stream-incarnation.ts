import type { JetStreamManager } from '@nats-io/jetstream'

/** Names one making of a stream by when it was made: sequences mean something only together with it. */
export function incarnationName(created: string): string {
  return Math.floor(Date.parse(created)).toString(36)
}

/** Which making of a stream there is now. */
export async function incarnationOf(jsm: JetStreamManager, stream: string): Promise<string> {
  return incarnationName((await jsm.streams.info(stream)).created)
}
