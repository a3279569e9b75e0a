/** The fields of an event that differ from one to the next of its kind. */
export const VALUE = 0
export const TIME = 1
export const ID = 2
export type VaryingField = typeof VALUE | typeof TIME | typeof ID

/** Which fields an event is cut at, in order. Shared by all kinds that are cut alike. */
export type CutShape = readonly VaryingField[]

/** Where one event is cut: it begins at `from`, and what varies stands between each start and its end. */
export class Cuts {
  from = 0
  to = 0
  count = 0
  readonly fields: VaryingField[] = []
  readonly starts: number[] = []
  readonly ends: number[] = []

  /** Where the piece before the varying field `i` begins; the last one is behind them all. */
  pieceStart(i: number): number {
    return i === 0 ? this.from : (this.ends[i - 1] ?? 0)
  }

  pieceEnd(i: number): number {
    return i === this.count ? this.to : (this.starts[i] ?? 0)
  }

  has(shape: CutShape): boolean {
    if (shape.length !== this.count) return false
    for (let i = 0; i < this.count; i++) if (shape[i] !== this.fields[i]) return false
    return true
  }
}
