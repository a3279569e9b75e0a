import { labelsKey } from '../eval/labels.ts'
import { isStaleAt, type Labels, type Matcher, type Queryable, type SeriesSamples } from '../storage.ts'
import { createSeriesWindow, type SeriesWindow } from './series-window.ts'

/** The series of one selector with their newest samples, shared by every rule that has the selector. */
export interface LiveSelector {
  readonly matchers: readonly Matcher[]
  /** Keeps samples for at least this long. */
  keepFor(reachMs: number): void
  windowOf(labels: Labels): SeriesWindow
  push(window: SeriesWindow, timestampMs: number, value: number, stale: boolean): void
  /** The samples in a time range; undefined when some of it has been forgotten. */
  select(startMs: number, endMs: number): Iterable<SeriesSamples> | undefined
}

/** Evaluations may lag this far behind the newest sample before they read the storage again. */
const SLACK_MS = 30_000

export function createLiveSelector(matchers: readonly Matcher[], queryable: Queryable): LiveSelector {
  const windows = new Map<string, SeriesWindow>()
  let keepMs = 0
  let newestMs = Number.NEGATIVE_INFINITY
  /** Samples from here on are all held; nothing is before the first evaluation has asked the storage. */
  let completeFromMs = Number.POSITIVE_INFINITY

  function windowOf(labels: Labels): SeriesWindow {
    const key = labelsKey(labels)
    const window = windows.get(key) ?? createSeriesWindow(labels)
    windows.set(key, window)
    return window
  }

  function forget(window: SeriesWindow, untilMs: number): void {
    if (window.oldestMs() > untilMs) return
    window.forgetUntil(untilMs)
    completeFromMs = Math.max(completeFromMs, untilMs + 1)
  }

  function seed(startMs: number): void {
    for (const { labels, timestamps, values } of queryable.select(
      matchers,
      startMs,
      Number.MAX_SAFE_INTEGER,
    )) {
      const window = windowOf(labels)
      for (let i = 0; i < timestamps.length; i++) {
        window.push(timestamps[i] ?? 0, values[i] ?? 0, isStaleAt(values, i))
      }
    }
    completeFromMs = startMs
  }

  function* held(startMs: number): Generator<SeriesSamples> {
    for (const [key, window] of windows) {
      // A series that ended long ago is dropped; its next sample makes a new window.
      if (window.newestMs() < newestMs - keepMs - SLACK_MS) windows.delete(key)
      else if (window.newestMs() >= startMs) yield window.view()
    }
  }

  return {
    matchers,
    keepFor(reachMs) {
      if (reachMs <= keepMs) return
      keepMs = reachMs
      completeFromMs = Number.POSITIVE_INFINITY
    },
    windowOf,
    push(window, timestampMs, value, stale) {
      if (timestampMs < completeFromMs && completeFromMs !== Number.POSITIVE_INFINITY) return
      if (!windows.has(labelsKey(window.labels))) windows.set(labelsKey(window.labels), window)
      window.push(timestampMs, value, stale)
      if (timestampMs <= newestMs) return
      newestMs = timestampMs
      forget(window, timestampMs - keepMs - SLACK_MS)
    },
    select(startMs, endMs) {
      if (completeFromMs === Number.POSITIVE_INFINITY) seed(startMs - SLACK_MS)
      if (startMs < completeFromMs) return undefined
      return endMs === Number.NEGATIVE_INFINITY ? [] : held(startMs)
    },
  }
}
