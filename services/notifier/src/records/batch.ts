/** Records that were stored in one message: by key, with undefined where a key is gone. */
export type Batch = ReadonlyMap<string, string | undefined>

/** Keys of batches begin with this. */
export const BATCH_PREFIX = 'batch.'

/** A line each: the key, a space, the record; a key by itself is gone. Records are of one line, as JSON is. */
export function encodeBatch(batch: Batch): string {
  return [...batch].map(([key, text]) => (text === undefined ? key : `${key} ${text}`)).join('\n')
}

export function decodeBatch(text: string): Batch {
  const batch = new Map<string, string | undefined>()
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ')
    if (space < 0) batch.set(line, undefined)
    else batch.set(line.slice(0, space), line.slice(space + 1))
  }
  return batch
}

/** The records that a message of the bucket says: those of a batch, or its own. A batch that is gone says nothing. */
export function recordsOf(key: string, text: string | undefined): Batch {
  if (!key.startsWith(BATCH_PREFIX)) return new Map([[key, text]])
  return text === undefined ? new Map() : decodeBatch(text)
}
