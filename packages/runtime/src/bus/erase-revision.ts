import type { JetStreamManager } from '@nats-io/jetstream'

/**
 * Deletes one message of a stream; it may be gone already. By its number, not by its subject: when a nats-server of 2.9 purges
 * a subject, every consumer of the stream passes over all that it has not been sent yet.
 */
export async function eraseRevision(jsm: JetStreamManager, stream: string, revision: number): Promise<void> {
  await jsm.streams.deleteMessage(stream, revision, false).catch(async (error: unknown) => {
    if ((await jsm.streams.getMessage(stream, { seq: revision })) !== null) throw error
  })
}
