import { crc32 } from 'node:zlib'
import { SnapshotError } from './snapshot-error.ts'

// A snapshot is a run of sections: kind, length and CRC-32 of the payload as little-endian words, then the payload.

export type SectionKind =
  | 'header'
  | 'callerState'
  | 'metadata'
  | 'slab'
  | 'series'
  | 'open'
  | 'end'
  | 'exemplars'

export interface Section {
  readonly kind: SectionKind
  readonly payload: Uint8Array
}

const KINDS: readonly SectionKind[] = [
  'header',
  'callerState',
  'metadata',
  'slab',
  'series',
  'open',
  'end',
  'exemplars',
]
const FRAME_BYTES = 12
const MAX_PAYLOAD = 1 << 30

export function writeSection(kind: SectionKind, ...payload: readonly Uint8Array[]): Uint8Array {
  const length = payload.reduce((sum, part) => sum + part.byteLength, 0)
  const section = new Uint8Array(FRAME_BYTES + length)
  let at = FRAME_BYTES
  for (const part of payload) {
    section.set(part, at)
    at += part.byteLength
  }
  const frame = new DataView(section.buffer)
  frame.setUint32(0, KINDS.indexOf(kind), true)
  frame.setUint32(4, length, true)
  frame.setUint32(8, crc32(section.subarray(FRAME_BYTES)), true)
  return section
}

/** Reads sections from bytes that come in parts of any size; payloads begin at the start of their own buffer. */
export async function* readSections(
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Section> {
  let pending: Uint8Array[] = []
  let held = 0
  let needed = FRAME_BYTES

  for await (const part of parts) {
    // A Node buffer's slice() is a view into its pool; that of a plain array is the copy that payloads are.
    pending.push(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
    held += part.byteLength
    while (held >= needed) {
      const bytes = pending.length === 1 && pending[0] ? pending[0] : concat(pending, held)
      const frame = readFrame(bytes)
      needed = FRAME_BYTES + frame.length
      pending = [bytes]
      if (held < needed) break
      const payload = bytes.slice(FRAME_BYTES, needed)
      if (crc32(payload) !== frame.crc)
        throw new SnapshotError('snapshot_corrupt', `the checksum of a ${frame.kind} section does not match`)
      yield { kind: frame.kind, payload }
      pending = [bytes.subarray(needed)]
      held -= needed
      needed = FRAME_BYTES
    }
  }
  if (held > 0) throw new SnapshotError('snapshot_corrupt', 'the snapshot ends within a section')
}

function readFrame(bytes: Uint8Array): { kind: SectionKind; length: number; crc: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const kind = KINDS[view.getUint32(0, true)]
  const length = view.getUint32(4, true)
  if (kind === undefined || length > MAX_PAYLOAD)
    throw new SnapshotError('snapshot_corrupt', 'this is no snapshot of a head, or it is damaged')
  return { kind, length, crc: view.getUint32(8, true) }
}

function concat(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.byteLength
  }
  return bytes
}
