import { labelsKey } from '../eval/labels.ts'
import type { SeriesSlice } from '../eval/series-slice.ts'
import { isStaleAt, type Labels, type Matcher, type Queryable } from '../storage.ts'
import {
  capacityOf,
  createSeriesWindow,
  forgetUntil,
  newestTime,
  pushSample,
  type SeriesWindow,
} from './series-window.ts'

/** The series of one selector with their newest samples, shared by every rule that has the selector. */
export interface LiveSelector {
  readonly matchers: readonly Matcher[]
  /** Keeps samples for at least this long. */
  keepFor(reachMs: number): void
  windowOf(labels: Labels): SeriesWindow
  push(window: SeriesWindow, timestampMs: number, value: number, stale: boolean): void
  /** Keeps nothing from now on: nobody feeds it any more. */
  close(): void
  /** The series with samples since a time; undefined when some of it has been forgotten. */
  select(startMs: number): Iterable<SeriesSlice> | undefined
}

/** Evaluations may lag this far behind the newest sample before they read the storage again. */
const SLACK_MS = 30_000

/**
 * `cold`: nothing is kept; the next evaluation reads the storage and keeps what it reads (`seeding`).
 * `live`: every sample since `completeFromMs` is kept. `off`: there are too many series or samples to keep.
 */
type State = 'cold' | 'seeding' | 'live' | 'off'

export interface LiveSelectorOptions {
  readonly mostSeries: number
  /** Samples there is still room for, shared with other selectors. */
  readonly room: { samples: number }
  readonly onOff: () => void
}

export function createLiveSelector(
  matchers: readonly Matcher[],
  queryable: Queryable,
  { mostSeries, room, onOff }: LiveSelectorOptions,
): LiveSelector {
  const windows = new Map<string, SeriesWindow>()
  let listed: SeriesWindow[] = []
  let state: State = 'cold'
  let keepMs = 0
  let newestMs = Number.NEGATIVE_INFINITY
  let completeFromMs = 0

  function windowOf(labels: Labels): SeriesWindow {
    const key = labelsKey(labels)
    const window = windows.get(key) ?? createSeriesWindow(labels)
    list(window, key)
    return window
  }

  function list(window: SeriesWindow, key: string): void {
    if (window.listed || state === 'off') return
    windows.set(key, window)
    listed.push(window)
    window.listed = true
    room.samples -= capacityOf(window)
    if (listed.length > mostSeries) turnOff()
  }

  function add(window: SeriesWindow, timestampMs: number, value: number, stale: boolean): void {
    const before = capacityOf(window)
    pushSample(window, timestampMs, value, stale)
    const grown = capacityOf(window) - before
    if (grown === 0 || !window.listed) return
    room.samples -= grown
    if (room.samples < 0) turnOff()
  }

  function turnOff(): void {
    state = 'off'
    for (const window of listed) unlist(window)
    listed = []
    onOff()
  }

  function unlist(window: SeriesWindow): void {
    windows.delete(labelsKey(window.labels))
    window.listed = false
    room.samples += capacityOf(window)
  }

  /** Hands on what it keeps, series by series: many series must not be read in one go. */
  function* seed(startMs: number): Generator<SeriesSlice> {
    state = 'seeding'
    completeFromMs = startMs
    try {
      for (const { labels, timestamps, values } of queryable.select(
        matchers,
        startMs,
        Number.MAX_SAFE_INTEGER,
      )) {
        const window = windowOf(labels)
        for (let i = 0; i < timestamps.length; i++) {
          add(window, timestamps[i] ?? 0, values[i] ?? 0, isStaleAt(values, i))
        }
        yield window
      }
      if (!isOff()) state = 'live'
    } finally {
      // An evaluation that ended early has not read it all.
      if (state === 'seeding') state = 'cold'
    }
  }

  const isOff = (): boolean => state === 'off'

  /** Series that ended long ago go off the list; the next sample of one brings it back. */
  function dropEnded(): void {
    const oldest = newestMs - keepMs - SLACK_MS
    if (!listed.some((window) => newestTime(window) < oldest)) return
    for (const window of listed) if (newestTime(window) < oldest) unlist(window)
    listed = listed.filter((window) => window.listed)
  }

  return {
    matchers,
    keepFor(reachMs) {
      if (reachMs <= keepMs) return
      keepMs = reachMs
      if (state === 'live') state = 'cold'
    },
    windowOf,
    close: turnOff,
    push(window, timestampMs, value, stale) {
      // While cold the storage alone has it; what was forgotten already stays so.
      if (state === 'cold' || state === 'off' || timestampMs < completeFromMs) return
      if (!window.listed) list(window, labelsKey(window.labels))
      add(window, timestampMs, value, stale)
      if (timestampMs <= newestMs) return
      newestMs = timestampMs
      const until = timestampMs - keepMs - SLACK_MS
      if (state === 'live' && forgetUntil(window, until)) completeFromMs = Math.max(completeFromMs, until + 1)
    },
    select(startMs) {
      if (state === 'cold') return seed(startMs - SLACK_MS)
      if (state !== 'live' || startMs < completeFromMs) return undefined
      dropEnded()
      return held(listed, startMs)
    },
  }
}

function* held(windows: readonly SeriesWindow[], startMs: number): Generator<SeriesSlice> {
  for (const window of windows) if (newestTime(window) >= startMs) yield window
}
