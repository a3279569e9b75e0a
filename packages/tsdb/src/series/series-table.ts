// What changes with every sample lies in columns, a row a series: a batch writes its series in the order in which they
// were created, and so walks through memory instead of jumping from object to object.

/** The rows of all series; columns are replaced when they grow, so read them from here each time. */
export interface SeriesTable {
  /** Timestamp of the newest sample in ms, -Infinity before the first. */
  lastTime: Float64Array
  /** The newest value; NaN when it is a staleness marker. */
  lastValue: Float64Array
  /** Where the region of raw samples begins; meaningless while it has no room. */
  openAt: Uint32Array
  openCount: Uint16Array
  openRoom: Uint16Array
  /** Raw samples at which all but the newest are packed. */
  packAt: Uint16Array
  flags: Uint8Array
  /** When the series' counter or histogram began at zero, in ms; NaN where nobody said. */
  createdMs: Float64Array
  /** How far back from the newest sample raw samples are kept for rules that read them. Milliseconds. */
  reachMs: Uint32Array
  /** A row for a new series, cleared. */
  take(): number
  /** Gives a row back, to be taken again. */
  release(row: number): void
  /** Bytes of all columns. */
  bytes(): number
}

/** The newest sample is a staleness marker. */
export const LAST_IS_STALE = 1
/** Some raw sample is a NaN, and so may be a staleness marker. */
export const HAS_NAN = 2
/** Some raw value may be lower than the one before it: of a counter, a reset. */
export const MAY_FALL = 4

const FIRST_ROWS = 256

export function createSeriesTable(): SeriesTable {
  let capacity = FIRST_ROWS
  let used = 0
  const released: number[] = []

  const table: SeriesTable = {
    lastTime: new Float64Array(capacity),
    lastValue: new Float64Array(capacity),
    openAt: new Uint32Array(capacity),
    openCount: new Uint16Array(capacity),
    openRoom: new Uint16Array(capacity),
    packAt: new Uint16Array(capacity),
    flags: new Uint8Array(capacity),
    reachMs: new Uint32Array(capacity),
    createdMs: new Float64Array(capacity),
    take() {
      const row = released.pop() ?? used++
      if (row >= capacity) grow()
      table.lastTime[row] = Number.NEGATIVE_INFINITY
      table.lastValue[row] = Number.NaN
      table.openCount[row] = 0
      table.openRoom[row] = 0
      table.flags[row] = 0
      table.reachMs[row] = 0
      table.createdMs[row] = Number.NaN
      return row
    },
    release: (row) => void released.push(row),
    bytes: () => capacity * (8 + 8 + 8 + 4 + 2 + 2 + 2 + 1 + 4),
  }

  function grow(): void {
    capacity *= 2
    table.lastTime = grown(table.lastTime, new Float64Array(capacity))
    table.lastValue = grown(table.lastValue, new Float64Array(capacity))
    table.openAt = grown(table.openAt, new Uint32Array(capacity))
    table.openCount = grown(table.openCount, new Uint16Array(capacity))
    table.openRoom = grown(table.openRoom, new Uint16Array(capacity))
    table.packAt = grown(table.packAt, new Uint16Array(capacity))
    table.flags = grown(table.flags, new Uint8Array(capacity))
    table.reachMs = grown(table.reachMs, new Uint32Array(capacity))
    table.createdMs = grown(table.createdMs, new Float64Array(capacity))
  }
  return table
}

type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array

function grown<T extends Column>(column: T, larger: T): T {
  larger.set(column)
  return larger
}
