/**
 * Milliseconds since the epoch with a fraction. The wall clock counts whole ones; a monotonic clock tells where
 * between two of them we are, held to the wall clock at every call, so that it follows when that is set.
 */
export function createFineTime(wall: () => number, monotonic: () => number): () => number {
  let offset: number | undefined
  return () => {
    const passed = monotonic()
    const least = wall() - passed
    // The wall clock's time is at least `least + passed` and less than one millisecond more.
    offset = Math.min(Math.max(offset ?? least, least), least + 1)
    return passed + offset
  }
}
