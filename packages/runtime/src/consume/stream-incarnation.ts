import type { JetStreamManager } from '@nats-io/jetstream'

/** When a stream was made, as a short text: its sequences mean something only together with it. */
export async function incarnationOf(jsm: JetStreamManager, stream: string): Promise<string> {
  const { created } = await jsm.streams.info(stream)
  return Math.floor(Date.parse(created)).toString(36)
}
