/** Bounds how many events the spans of one service may become. */
export interface EventBudget {
  /** Whether one more may go out. What asks for an alert may use all of it, failures leave a part for that. */
  take(service: string, asksForAlert: boolean, nowMs: number): boolean
}

interface Bucket {
  tokens: number
  filledMs: number
}

/** SDKs send what came together in five seconds: so much may go out at once. */
const BURST_SECONDS = 5
const KEPT_FOR_ALERTS = 0.2
/** Beyond, what was used least recently is forgotten. */
const MOST_SERVICES = 5000

export function createEventBudget(perSecond: number): EventBudget {
  const most = perSecond * BURST_SECONDS
  // In order of use: the first was used least recently.
  const buckets = new Map<string, Bucket>()

  function fill(service: string, nowMs: number): Bucket {
    const bucket = buckets.get(service) ?? { tokens: most, filledMs: nowMs }
    const seconds = Math.max(0, nowMs - bucket.filledMs) / 1000
    bucket.tokens = Math.min(most, bucket.tokens + seconds * perSecond)
    bucket.filledMs = nowMs
    buckets.delete(service)
    buckets.set(service, bucket)
    const oldest = buckets.keys().next()
    if (buckets.size > MOST_SERVICES && !oldest.done) buckets.delete(oldest.value)
    return bucket
  }

  return {
    take(service, asksForAlert, nowMs) {
      const bucket = fill(service, nowMs)
      const kept = asksForAlert ? 0 : Math.floor(most * KEPT_FOR_ALERTS)
      if (bucket.tokens < kept + 1) return false
      bucket.tokens--
      return true
    },
  }
}
