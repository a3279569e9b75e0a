import type { FoldOp } from './aggregate.ts'

/** Folds values into cells: one per group and step. The first value of a cell begins it anew. */
export interface Accumulator {
  add(cell: number, value: number, first: boolean): void
  /** Writes the results of the cells `from` to `to`, the end exclusive. */
  finish(values: Float64Array, from: number, to: number): void
}

export function createAccumulator(op: FoldOp, cells: number): Accumulator {
  switch (op) {
    case 'sum':
      return sum(cells)
    case 'avg':
      return average(cells)
    case 'min':
      return extreme(cells, (value, best) => value < best)
    case 'max':
      return extreme(cells, (value, best) => value > best)
    case 'count':
      return count(cells)
    case 'group':
      return { add: () => {}, finish: (values, from, to) => values.fill(1, from, to) }
    case 'stddev':
      return spread(cells, Math.sqrt)
    case 'stdvar':
      return spread(cells, (variance) => variance)
  }
}

const isInfinite = (value: number): boolean =>
  value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY

/** One step of a Kahan–Neumaier sum: the new error, given the sum before and after. */
function errorOf(before: number, value: number, after: number, error: number): number {
  if (isInfinite(after)) return 0
  return error + (Math.abs(before) >= Math.abs(value) ? before - after + value : value - after + before)
}

function sum(cells: number): Accumulator {
  const sums = new Float64Array(cells)
  const errors = new Float64Array(cells)
  return {
    add(cell, value, first) {
      const before = sums[cell] ?? 0
      const after = first ? value : before + value
      errors[cell] = first ? 0 : errorOf(before, value, after, errors[cell] ?? 0)
      sums[cell] = after
    },
    finish(values, from, to) {
      for (let cell = from; cell < to; cell++) values[cell] = (sums[cell] ?? 0) + (errors[cell] ?? 0)
    },
  }
}

/** Sums and divides; a cell whose sum would overflow goes on with an incremental mean. */
function average(cells: number): Accumulator {
  const sums = new Float64Array(cells)
  const errors = new Float64Array(cells)
  const counts = new Float64Array(cells)
  const incremental = new Uint8Array(cells)
  function addIncrementally(cell: number, value: number, count: number): void {
    const weight = (count - 1) / count
    const before = (sums[cell] ?? 0) * weight
    const part = value / count
    const after = before + part
    errors[cell] = errorOf(before, part, after, (errors[cell] ?? 0) * weight)
    sums[cell] = after
  }
  return {
    add(cell, value, first) {
      const count = first ? 1 : (counts[cell] ?? 0) + 1
      counts[cell] = count
      if (first) {
        sums[cell] = value
        errors[cell] = 0
        incremental[cell] = 0
        return
      }
      if (incremental[cell] === 0) {
        const before = sums[cell] ?? 0
        const after = before + value
        if (!isInfinite(after)) {
          errors[cell] = errorOf(before, value, after, errors[cell] ?? 0)
          sums[cell] = after
          return
        }
        incremental[cell] = 1
        sums[cell] = before / (count - 1)
        errors[cell] = (errors[cell] ?? 0) / (count - 1)
      }
      addIncrementally(cell, value, count)
    },
    finish(values, from, to) {
      for (let cell = from; cell < to; cell++) {
        const total = sums[cell] ?? 0
        const error = errors[cell] ?? 0
        const count = counts[cell] ?? 1
        values[cell] = incremental[cell] === 1 ? total + error : total / count + error / count
      }
    },
  }
}

/** Any number beats a NaN. */
function extreme(cells: number, beats: (value: number, best: number) => boolean): Accumulator {
  const best = new Float64Array(cells)
  return {
    add(cell, value, first) {
      const current = best[cell] ?? 0
      if (first || beats(value, current) || Number.isNaN(current)) best[cell] = value
    },
    finish: (values, from, to) => values.set(best.subarray(from, to), from),
  }
}

function count(cells: number): Accumulator {
  const counts = new Float64Array(cells)
  return {
    add(cell, _value, first) {
      counts[cell] = first ? 1 : (counts[cell] ?? 0) + 1
    },
    finish: (values, from, to) => values.set(counts.subarray(from, to), from),
  }
}

/** Welford's variance. */
function spread(cells: number, of: (variance: number) => number): Accumulator {
  const means = new Float64Array(cells)
  const squares = new Float64Array(cells)
  const counts = new Float64Array(cells)
  return {
    add(cell, value, first) {
      const count = first ? 1 : (counts[cell] ?? 0) + 1
      counts[cell] = count
      if (first) {
        means[cell] = value
        squares[cell] = Number.isFinite(value) ? 0 : Number.NaN
        return
      }
      const delta = value - (means[cell] ?? 0)
      const mean = (means[cell] ?? 0) + delta / count
      means[cell] = mean
      squares[cell] = (squares[cell] ?? 0) + delta * (value - mean)
    },
    finish(values, from, to) {
      for (let cell = from; cell < to; cell++) values[cell] = of((squares[cell] ?? 0) / (counts[cell] ?? 1))
    },
  }
}
