/** Messages of each buffer that have not been handed back. */
const lent = new WeakMap<ArrayBufferLike, { readonly buffer: Buffer; left: number }>()

/** Lends a buffer to those who read the messages that lie in it. */
export function lend(buffer: Buffer, messages: number): void {
  lent.set(buffer.buffer, { buffer, left: messages })
}

/**
 * Says that nothing reads the bytes of a message any more: neither its body, nor what of its subject and headers was
 * not decoded yet. Once for each message. Whoever does not say so keeps them for as long as it likes.
 */
export function handBack(data: Uint8Array): void {
  const loan = lent.get(data.buffer)
  if (loan) loan.left--
}

/** Ends the loan of the buffer that a chunk lies in; answers it when every message was handed back. */
export function reclaim(chunk: Uint8Array): Buffer | undefined {
  const loan = lent.get(chunk.buffer)
  if (!loan) return undefined
  lent.delete(chunk.buffer)
  return loan.left === 0 ? loan.buffer : undefined
}
