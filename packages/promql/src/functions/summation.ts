/** A running sum with the error it has made so far (Kahan, improved by Neumaier), as Prometheus keeps it. */
export interface RunningSum {
  sum: number
  error: number
}

export function addTo(running: RunningSum, value: number): void {
  const total = running.sum + value
  if (total === Number.POSITIVE_INFINITY || total === Number.NEGATIVE_INFINITY) running.error = 0
  else if (Math.abs(running.sum) >= Math.abs(value)) running.error += running.sum - total + value
  else running.error += value - total + running.sum
  running.sum = total
}

export function totalOf({ sum, error }: RunningSum): number {
  return sum === Number.POSITIVE_INFINITY || sum === Number.NEGATIVE_INFINITY ? sum : sum + error
}

/** A mean that sums directly and turns to the incremental form only when the sum would overflow. */
export interface RunningMean {
  readonly running: RunningSum
  count: number
  incremental: boolean
}

export function startMean(first: number): RunningMean {
  return { running: { sum: first, error: 0 }, count: 1, incremental: false }
}

export function addToMean(mean: RunningMean, value: number): void {
  const { running } = mean
  const count = ++mean.count
  if (!mean.incremental) {
    const { sum, error } = running
    addTo(running, value)
    if (running.sum !== Number.POSITIVE_INFINITY && running.sum !== Number.NEGATIVE_INFINITY) return
    mean.incremental = true
    running.sum = sum / (count - 1)
    running.error = error / (count - 1)
  }
  const weight = (count - 1) / count
  running.sum *= weight
  running.error *= weight
  addTo(running, value / count)
}

export function meanOf({ running, count, incremental }: RunningMean): number {
  return incremental ? running.sum + running.error : running.sum / count + running.error / count
}
