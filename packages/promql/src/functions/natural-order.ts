const CHUNKS = /\d+|\D+/g

/** Compares texts so that runs of digits count as numbers: `4m5` comes before `4m1000`. */
export function naturalCompare(a: string, b: string): number {
  if (a === b) return 0
  const left = a.match(CHUNKS) ?? []
  const right = b.match(CHUNKS) ?? []
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const x = left[i] ?? ''
    const y = right[i] ?? ''
    if (x === y) continue
    if (/^\d/.test(x) && /^\d/.test(y)) {
      const difference = compareDigits(x, y)
      if (difference !== 0) return difference
    } else return x < y ? -1 : 1
  }
  return left.length - right.length
}

function compareDigits(x: string, y: string): number {
  const a = x.replace(/^0+/, '')
  const b = y.replace(/^0+/, '')
  if (a.length !== b.length) return a.length - b.length
  return a === b ? 0 : a < b ? -1 : 1
}
