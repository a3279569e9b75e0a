/** An answer of either engine in one form. */
export type Answer =
  | {
      readonly type: string
      /** Values by series and time in ms. */
      readonly values: ReadonlyMap<string, number>
      /** The values of an instant vector in the order they came. */
      readonly ordered: readonly number[]
    }
  | { readonly refused: string }

export const isRefused = (answer: Answer): answer is { readonly refused: string } => 'refused' in answer

/** Where an answer keeps the value of a series at a time. */
export function keyOf(labels: Readonly<Record<string, string>>, timeMs: number): string {
  const pairs = Object.keys(labels).sort()
  return `{${pairs.map((name) => `${name}=${JSON.stringify(labels[name])}`).join(', ')}} @ ${timeMs}`
}

/** Relative, as is asked of every value. */
const TOLERANCE = 1e-9

/** How two answers differ, in words; undefined when they are equal. */
export function differenceOf(ours: Answer, theirs: Answer, inOrder: boolean): string | undefined {
  if (isRefused(ours) || isRefused(theirs)) {
    if (isRefused(ours) && isRefused(theirs)) return undefined
    return isRefused(ours) ? 'only Tocsin refuses' : 'only Prometheus refuses'
  }
  if (ours.type !== theirs.type) return `Tocsin answers a ${ours.type}, Prometheus a ${theirs.type}`
  for (const [key, value] of ours.values) {
    const wanted = theirs.values.get(key)
    if (wanted === undefined) return `${key}: only Tocsin has a value, ${value}`
    if (!isClose(value, wanted)) return `${key}: Tocsin has ${value}, Prometheus ${wanted}`
  }
  for (const [key, value] of theirs.values) {
    if (!ours.values.has(key)) return `${key}: only Prometheus has a value, ${value}`
  }
  // Equal values may change places: their order is not defined.
  const misplaced = inOrder ? ours.ordered.findIndex((value, i) => !isClose(value, theirs.ordered[i])) : -1
  return misplaced < 0 ? undefined : `the order differs from place ${misplaced} on`
}

function isClose(a: number, b: number | undefined): boolean {
  if (b === undefined) return false
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b))
}

const SHOWN = 12

/** The first values of an answer, to be read. */
export function describeAnswer(answer: Answer): string {
  if (isRefused(answer)) return `  refused: ${answer.refused}`
  const lines = [...answer.values].map(([key, value]) => `  ${key}: ${value}`)
  const rest = lines.length > SHOWN ? [`  and ${lines.length - SHOWN} more`] : []
  return lines.length === 0 ? `  an empty ${answer.type}` : [...lines.slice(0, SHOWN), ...rest].join('\n')
}
