import { type BatchMessage, type BatchWriter, createBatchWriter } from '../intake/batch-writer.ts'

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
export function createSourceBatches(id: string, timeMs: number): SourceBatches {
  const writers = new Map<string, BatchWriter>()
  return {
    writer(source) {
      const known = writers.get(source)
      if (known) return known
      // Ids are unique in the stream, whoever the source: so each counts on its own.
      const writer = createBatchWriter({ id: `${id}-${writers.size}`, source, timeMs })
      writers.set(source, writer)
      return writer
    },
    finish: () => [...writers].map(([source, writer]) => ({ source, messages: writer.finish() })),
  }
}
