import type { MetricType } from '../metric-event.ts'
import type { CutShape, Cuts } from './cuts.ts'
import { type KindBytes, WrittenKind } from './event-kind.ts'

/** Kinds by their bytes. It forgets all of them at its bound: each is found anew from the events themselves. */
export interface KindBook {
  find(hash: number, view: DataView, cuts: Cuts): WrittenKind | undefined
  add(hash: number, bytes: Uint8Array, cuts: Cuts, type: MetricType): WrittenKind
}

const MOST_KINDS = 200_000
const MOST_BYTES = 48 * 1024 * 1024
const FIRST_BYTES = 64 * 1024
/** Kinds of one hash: only somebody who means harm has more. */
const MOST_ALIKE = 8

export function createKindBook(): KindBook {
  let byHash = new Map<number, WrittenKind | WrittenKind[]>()
  let store = createStore()
  let kinds = 0
  const shapes: CutShape[] = []

  function makeRoom(length: number): void {
    if (kinds >= MOST_KINDS || store.used + length > MOST_BYTES) {
      byHash = new Map()
      // Another store, since who holds a kind still reads the bytes of this one.
      store = createStore()
      kinds = 0
    }
    if (store.used + length <= store.bytes.length) return
    const larger = new Uint8Array(Math.max(store.bytes.length * 2, store.used + length))
    larger.set(store.bytes)
    store.bytes = larger
    store.view = new DataView(larger.buffer)
  }

  /** Kinds that are cut alike share their shape; there are few, since an event has each field at most once. */
  function shapeOf(cuts: Cuts): CutShape {
    const known = shapes.find((shape) => cuts.has(shape))
    if (known) return known
    const shape = cuts.fields.slice(0, cuts.count)
    shapes.push(shape)
    return shape
  }

  function write(bytes: Uint8Array, cuts: Cuts, type: MetricType): WrittenKind {
    makeRoom(cuts.to - cuts.from)
    const at = store.used
    const ends: number[] = []
    for (let i = 0; i <= cuts.count; i++) {
      const piece = bytes.subarray(cuts.pieceStart(i), cuts.pieceEnd(i))
      store.bytes.set(piece, store.used)
      store.used += piece.length
      ends.push(store.used)
    }
    kinds++
    return new WrittenKind(type, store, at, ends, shapeOf(cuts))
  }

  return {
    find(hash, view, cuts) {
      const known = byHash.get(hash)
      if (known === undefined) return undefined
      if (!Array.isArray(known)) return isKind(known, view, cuts) ? known : undefined
      return known.find((kind) => isKind(kind, view, cuts))
    },
    add(hash, bytes, cuts, type) {
      const kind = write(bytes, cuts, type)
      const known = byHash.get(hash)
      if (known === undefined) byHash.set(hash, kind)
      else if (!Array.isArray(known)) byHash.set(hash, [known, kind])
      else if (known.length < MOST_ALIKE) known.push(kind)
      return kind
    },
  }
}

function createStore(): KindBytes {
  const bytes = new Uint8Array(FIRST_BYTES)
  return { bytes, view: new DataView(bytes.buffer), used: 0 }
}

function isKind(kind: WrittenKind, view: DataView, cuts: Cuts): boolean {
  if (!cuts.has(kind.shape)) return false
  let from = kind.at
  for (let i = 0; i <= cuts.count; i++) {
    const start = cuts.pieceStart(i)
    const length = cuts.pieceEnd(i) - start
    const end = kind.ends[i] ?? 0
    if (end - from !== length || !isSame(view, start, kind.store.view, from, length)) return false
    from = end
  }
  return true
}

/** Whether two stretches of bytes are equal; four at a time, which is what makes reading events cheap. */
export function isSame(a: DataView, at: number, b: DataView, from: number, length: number): boolean {
  let i = 0
  for (; i + 4 <= length; i += 4) if (a.getUint32(at + i, true) !== b.getUint32(from + i, true)) return false
  for (; i < length; i++) if (a.getUint8(at + i) !== b.getUint8(from + i)) return false
  return true
}

/** A hash of all pieces and of what stands between them. */
export function hashPieces(view: DataView, cuts: Cuts): number {
  let hash = 0x811c9dc5
  for (let i = 0; i <= cuts.count; i++) {
    const end = cuts.pieceEnd(i)
    let at = cuts.pieceStart(i)
    for (; at + 4 <= end; at += 4) {
      hash = Math.imul(hash ^ view.getUint32(at, true), 0x9e3779b1)
      hash ^= hash >>> 15
    }
    for (; at < end; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x01000193)
    hash = Math.imul(hash ^ (hash >>> 13) ^ ((cuts.fields[i] ?? 0) + 1), 0x85ebca6b)
  }
  return hash ^ (hash >>> 16)
}
