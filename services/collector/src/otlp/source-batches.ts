import { type BatchMessage, type BatchWriter, createBatchWriter } from '../intake/batch-writer.ts'

/** One request, as it is translated. */
export interface RequestIdentity {
  readonly id: string
  readonly nowMs: number
  /** Of a message, in characters. */
  readonly maxLength: number
  /** Told of the length of every message as it is made; what it throws ends the translation. */
  readonly onMessage: (length: number) => void
}

/** The batches of one request: a writer for every source in it. */
export interface SourceBatches {
  writer(source: string): BatchWriter
  finish(): readonly SourceMessages[]
}

export interface SourceMessages {
  readonly source: string
  readonly messages: readonly BatchMessage[]
}

/** `id` is the same whenever the same request comes, so that what it carries counts once. */
export function createSourceBatches({ id, nowMs, maxLength, onMessage }: RequestIdentity): SourceBatches {
  const writers = new Map<string, BatchWriter>()
  return {
    writer(source) {
      const known = writers.get(source)
      if (known) return known
      // Ids are unique in the stream, whoever the source: so each counts on its own.
      const writer = createBatchWriter({
        id: `${id}-${writers.size}`,
        source,
        timeMs: nowMs,
        maxLength,
        onMessage,
      })
      writers.set(source, writer)
      return writer
    },
    finish: () => [...writers].map(([source, writer]) => ({ source, messages: writer.finish() })),
  }
}
