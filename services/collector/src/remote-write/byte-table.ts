const FIRST_BYTES = 64 * 1024
const FIRST_SLOTS = 1024
/** Keys that fall together: only somebody who means harm has more. The rest is not kept. */
const MOST_PROBES = 64
/** What an entry takes beside its key and what the caller says of its value. Bytes. */
const ENTRY_BYTES = 100

/** Some bytes of a message, with a view of all of them. */
export interface ByteKey {
  readonly bytes: Buffer
  readonly view: DataView
  from: number
  to: number
}

/**
 * Values by bytes, of many owners: what was decoded once is found again without decoding. Every byte is compared.
 * Bounded: of two generations the older goes when the newer is full, but for what was asked for meanwhile.
 */
export class ByteTable<V> {
  readonly #maxBytes: number
  #young: Generation<V>
  #old: Generation<V>
  #cost = 0

  /** About `maxBytes` in all. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes / 2
    this.#young = new Generation()
    this.#old = new Generation()
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  get(owner: number, key: ByteKey): V | undefined {
    const hash = hashOf(owner, key)
    const young = this.#young.find(hash, owner, key)
    if (young >= 0) return this.#young.values[young]
    const old = this.#old.find(hash, owner, key)
    if (old < 0) return undefined
    const value = this.#old.values[old] as V
    this.#add(hash, owner, key, value, this.#old.costs[old] ?? 0)
    return value
  }

  /** Keeps a value under a key that has none; `size` is what it takes. Bytes. */
  set(owner: number, key: ByteKey, value: V, size: number): void {
    this.#add(hashOf(owner, key), owner, key, value, size)
  }

  #add(hash: number, owner: number, key: ByteKey, value: V, size: number): void {
    if (!this.#young.add(hash, owner, key, value, size)) return
    this.#cost += key.to - key.from + size + ENTRY_BYTES
    if (this.#cost < this.#maxBytes) return
    this.#old = this.#young
    this.#young = new Generation()
    this.#cost = 0
  }
}

class Generation<V> {
  size = 0
  readonly values: V[] = []
  readonly costs: number[] = []
  readonly #owners: number[] = []
  readonly #hashes: number[] = []
  readonly #starts: number[] = [0]
  #bytes = Buffer.allocUnsafe(FIRST_BYTES)
  #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength)
  /** The number of an entry plus one; 0 for none. */
  #slots = new Int32Array(FIRST_SLOTS)

  find(hash: number, owner: number, key: ByteKey): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let i = 0, slot = hash & mask; i < MOST_PROBES; i++, slot = (slot + 1) & mask) {
      const entry = (slots[slot] ?? 0) - 1
      if (entry < 0) return -1
      if (this.#hashes[entry] === hash && this.#owners[entry] === owner && this.#isAt(entry, key))
        return entry
    }
    return -1
  }

  add(hash: number, owner: number, key: ByteKey, value: V, size: number): boolean {
    if (this.size * 2 >= this.#slots.length) this.#growSlots()
    const slot = this.#freeSlot(hash)
    if (slot < 0) return false
    const start = this.#starts[this.size] ?? 0
    const end = start + key.to - key.from
    if (end > this.#bytes.length) this.#growBytes(end)
    key.bytes.copy(this.#bytes, start, key.from, key.to)
    this.#starts.push(end)
    this.#hashes.push(hash)
    this.#owners.push(owner)
    this.costs.push(size)
    this.values.push(value)
    this.size++
    this.#slots[slot] = this.size
    return true
  }

  #isAt(entry: number, { view, from, to }: ByteKey): boolean {
    const start = this.#starts[entry] ?? 0
    const length = to - from
    if ((this.#starts[entry + 1] ?? 0) - start !== length) return false
    const own = this.#view
    let i = 0
    for (; i + 4 <= length; i += 4)
      if (own.getInt32(start + i, true) !== view.getInt32(from + i, true)) return false
    for (; i < length; i++) if (own.getInt8(start + i) !== view.getInt8(from + i)) return false
    return true
  }

  #freeSlot(hash: number): number {
    const mask = this.#slots.length - 1
    for (let i = 0, slot = hash & mask; i < MOST_PROBES; i++, slot = (slot + 1) & mask)
      if (this.#slots[slot] === 0) return slot
    return -1
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2)
    for (let entry = 0; entry < this.size; entry++) {
      const slot = this.#freeSlot(this.#hashes[entry] ?? 0)
      if (slot >= 0) this.#slots[slot] = entry + 1
    }
  }

  #growBytes(least: number): void {
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, least))
    this.#bytes.copy(grown)
    this.#bytes = grown
    this.#view = new DataView(grown.buffer, grown.byteOffset, grown.byteLength)
  }
}

/** Takes four bytes at a time, which is twice as fast as one by one. */
function hashOf(owner: number, { view, from, to }: ByteKey): number {
  let hash = Math.imul(owner + 1, 0x9e3779b1)
  let i = from
  for (; i + 4 <= to; i += 4) {
    hash = Math.imul(hash ^ view.getInt32(i, true), 0x85ebca6b)
    hash ^= hash >>> 15
  }
  for (; i < to; i++) hash = Math.imul(hash ^ view.getInt8(i), 0x01000193)
  return Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ (hash >>> 16)
}
