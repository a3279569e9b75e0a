import { type Answer, isRefused } from './answer.ts'
import { type Expr, featuresOf } from './expr.ts'

/** What a run has compared. Every query is counted twice: at an instant and over a range. */
export interface Tally {
  readonly answered: number
  readonly empty: number
  readonly refused: number
  /** Differences that are known, by name. */
  readonly known: ReadonlyMap<string, number>
  /** By function, aggregation, operator and modifier: comparisons of answers with a value in them. */
  readonly features: ReadonlyMap<string, number>
}

export function createTally(): Tally & {
  agreed(expr: Expr, answer: Answer): void
  explained(name: string): void
} {
  const counts = { answered: 0, empty: 0, refused: 0 }
  const known = new Map<string, number>()
  const features = new Map<string, number>()
  const count = (map: Map<string, number>, name: string): void => {
    map.set(name, (map.get(name) ?? 0) + 1)
  }
  return {
    get answered() {
      return counts.answered
    },
    get empty() {
      return counts.empty
    },
    get refused() {
      return counts.refused
    },
    known,
    features,
    agreed(expr, answer) {
      if (isRefused(answer)) counts.refused++
      else if (answer.values.size === 0) counts.empty++
      else {
        counts.answered++
        for (const feature of new Set(featuresOf(expr))) count(features, feature)
      }
    },
    explained: (name) => count(known, name),
  }
}
