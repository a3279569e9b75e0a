import type { Bus } from '@tocsin/runtime'

const FRAME_BYTES = 16_384

/** Bytes that a message may have: what our own consumers take (MAX_EVENT_BYTES), and NATS, without the frame. */
export function mostBytesOf({ nc }: Pick<Bus, 'nc'>, mostEventBytes: number): number {
  return Math.min(nc.info?.max_payload ?? mostEventBytes, mostEventBytes) - FRAME_BYTES
}

/** Things in their order, as many at a time as their texts fit into `mostBytes`; one that does not is alone. */
export function partsOf<T>(all: readonly T[], mostBytes: number, textOf: (one: T) => string): T[][] {
  const parts: T[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const one of all) {
    const size = Buffer.byteLength(textOf(one)) + 1
    if (bytes + size > mostBytes) {
      parts.push([])
      bytes = 0
    }
    parts.at(-1)?.push(one)
    bytes += size
  }
  return parts
}
