/** Small numbers in the order they came, each once; emptied by setting `size` to 0. */
export interface SparseSet {
  readonly members: Uint16Array
  readonly places: Uint16Array
  size: number
}

/** An empty set for numbers below `capacity`. */
export function createSparseSet(capacity: number): SparseSet {
  return { members: new Uint16Array(capacity), places: new Uint16Array(capacity), size: 0 }
}

/** Adds a number that is not yet there. */
export function addMember(set: SparseSet, member: number): void {
  const place = set.places[member] ?? 0
  if (place < set.size && set.members[place] === member) return
  set.places[member] = set.size
  set.members[set.size++] = member
}
