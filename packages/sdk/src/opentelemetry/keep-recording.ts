/** A sampler of OpenTelemetry, of any version. */
interface AnySampler {
  shouldSample(...asked: never[]): { decision: number }
  toString(): string
}

const NOT_RECORD = 0
const RECORD = 1

/**
 * Lets a sampler decide which traces are exported, while every span is recorded, and so counted in the metrics of spans.
 * @example new NodeSDK({ ...tocsinTelemetry(), sampler: recordEverySpan(new TraceIdRatioBasedSampler(0.1)) })
 */
export function recordEverySpan<Sampler extends AnySampler>(sampler: Sampler): Sampler {
  const recording: AnySampler = {
    shouldSample(...asked) {
      const result = sampler.shouldSample(...asked)
      return result.decision === NOT_RECORD ? { ...result, decision: RECORD } : result
    },
    toString: () => `RecordEverySpan{${sampler.toString()}}`,
  }
  return recording as Sampler
}
