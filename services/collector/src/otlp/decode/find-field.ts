import type { MessageReader } from './message-reader.ts'

/**
 * What a field of the present message says, wherever in the message it stands: looks ahead, and begins the message
 * again. Call it before anything else of the message is read.
 */
export function findField<T>(reader: MessageReader, number: number, read: () => T, otherwise: T): T {
  const begin = reader.at
  let found = otherwise
  while (reader.next()) {
    if (reader.field === number) {
      found = read()
      break
    }
    reader.skip()
  }
  reader.restart(begin)
  return found
}
