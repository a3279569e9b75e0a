import type { Labels, Matcher, Queryable, SeriesSamples, SeriesSlice } from '@tocsin/promql'
import { atOnce } from './at-once.ts'
import type { Exemplar } from './exemplars/exemplar-store.ts'
import { findIdle } from './find-idle.ts'
import { type HeadOptions, resolveOptions } from './head-options.ts'
import { createHeadState, type HeadState, type SampleWatcher, totalBytes } from './head-state.ts'
import { createMetadataRegistry, type MetadataRegistry } from './metrics/metric-metadata.ts'
import {
  lookUpExemplars,
  lookUpLabelNames,
  lookUpLabelValues,
  lookUpSeries,
  type SeriesExemplars,
  type SeriesQuery,
} from './query/look-up-labels.ts'
import { readSamples } from './query/read-samples.ts'
import { Slices } from './query/read-slices.ts'
import { createResolver } from './query/resolve-series.ts'
import { type MaintenanceReport, maintainHead } from './retention.ts'
import { type AppendOutcome, appendSample } from './series/append-sample.ts'
import { checkLimits, findSeries, internSeries } from './series/intern-series.ts'
import type { MemorySeries, Series } from './series/series.ts'
import { createSeriesLane, type SeriesLane } from './series/series-lane.ts'
import type { SeriesOverflow, SeriesRefusal } from './series/series-limits.ts'
import { restoreSnapshot } from './snapshot/restore-snapshot.ts'
import { takeSnapshot } from './snapshot/take-snapshot.ts'

/** Figures about a head. Bytes are estimates; `packedBytes / packedSamples` is exact. */
export interface HeadStats {
  readonly series: number
  readonly metrics: number
  /** Samples in memory. */
  readonly samples: number
  readonly packedSamples: number
  /** Bytes of packed samples with their headers. */
  readonly packedBytes: number
  readonly bytes: number
  readonly maxBytes: number
  /** Samples before this are dropped; -Infinity before the first `maintain`. Milliseconds. */
  readonly horizonMs: number
  readonly appended: number
  readonly inserted: number
  readonly replaced: number
  readonly unchanged: number
  readonly tooOld: number
  readonly expired: number
  readonly evicted: number
  readonly seriesCreated: number
  readonly seriesDropped: number
  readonly exemplars: number
  /** Limits that were run into, by metric or source. */
  readonly overflow: readonly SeriesOverflow[]
}

/** Learns of series as they come and go. Called synchronously; must not write to the head. */
export interface SeriesWatcher {
  created?(series: Series): void
  dropped?(series: Series): void
}

/** An in-memory, compressed series store that promql reads. It has no clock and does no I/O. */
export interface Head extends Queryable {
  /** The series with these labels (`__name__` among them), created if the limits allow. `source` owns it then. */
  intern(labels: Labels, source?: string): Series | SeriesRefusal
  /** The series with exactly these labels, if there is one. */
  find(labels: Labels): Series | undefined
  /** Why a new series with these labels would be refused now, if it would; then it counts as refused. */
  checkLimits(labels: Labels, source?: string): SeriesRefusal | undefined
  /** Appends a sample at a time in ms. A NaN is kept as the ordinary one. */
  append(series: Series, timeMs: number, value: number): AppendOutcome
  /** Ends a series: appends Prometheus' staleness marker. */
  appendStale(series: Series, timeMs: number): AppendOutcome
  /** A quick way to append to the same series again and again, by numbers from 0 that the caller gives them. */
  openLane(): SeriesLane
  /** Says when a series' counter or histogram began at zero. Milliseconds since 1970. */
  setCreated(series: Series, createdMs: number): void
  /** Keeps an exemplar of a series, unless it has one as new. */
  addExemplar(series: Series, exemplar: Exemplar): void
  latestExemplar(series: Series): Exemplar | undefined
  /** Lazily, in order of creation. The arrays never change; a series without samples is left out. */
  select(matchers: readonly Matcher[], startMs: number, endMs: number): Iterable<SeriesSamples>
  /** As `select`, without a copy where samples are raw: a slice holds until the next one, and until the head is written to. */
  slices(matchers: readonly Matcher[], startMs: number, endMs: number): Iterable<SeriesSlice>
  /** Finds a selector's series in steps, so that whoever looks up next need not at once. */
  prepare(matchers: readonly Matcher[]): Iterable<void>
  /** The series of a selector, without samples. Kept per array of matchers until series come or go. */
  matchSeries(matchers: readonly Matcher[]): readonly Series[]
  /** The samples of one series from `startMs` to `endMs`, both inclusive. */
  read(series: Series, startMs: number, endMs: number): SeriesSamples | undefined
  series(query?: SeriesQuery): readonly Series[]
  labelNames(query?: SeriesQuery): readonly string[]
  labelValues(name: string, query?: SeriesQuery): readonly string[]
  /** The same in steps of at most some milliseconds, for whoever must let others work in between. */
  readonly inSteps: {
    series(query: SeriesQuery): Generator<void, readonly Series[]>
    labelNames(query: SeriesQuery): Generator<void, readonly string[]>
    labelValues(name: string, query: SeriesQuery): Generator<void, readonly string[]>
    exemplars(query: SeriesQuery): Generator<void, readonly SeriesExemplars[]>
    /** The series that have not ended and got no sample since a time in ms. */
    idle(sinceMs: number): Generator<void, readonly Series[]>
    maintain(nowMs: number): Generator<void, MaintenanceReport>
  }
  /** Keeps at least so many milliseconds of a series' newest samples raw, for rules that read them again and again. */
  keepRaw(series: Series, reachMs: number): void
  readonly metadata: MetadataRegistry
  /** Registers a watcher and gives the function that removes it. */
  watchSeries(watcher: SeriesWatcher): () => void
  /** Registers who is told of every sample appended, inserted or replaced; gives the function that removes it. */
  watchSamples(watcher: SampleWatcher): () => void
  /** Applies retention, packs what is idle, enforces the cap in bytes. Call it about once a minute. */
  maintain(nowMs: number): MaintenanceReport
  stats(): HeadStats
  /**
   * The whole head as bytes, with the sequence of the last message it holds and what else the caller must keep.
   * Captured before this returns, so that appends may go on while the parts are written.
   */
  snapshot(streamSequence: number, callerState?: Uint8Array): Iterable<Uint8Array>
}

/** A head that was restored, and from where in the stream to go on. */
export interface RestoredHead {
  readonly head: Head
  readonly streamSequence: number
  readonly callerState: Uint8Array
}

/** Creates an empty head. */
export function createHead(options: HeadOptions = {}): Head {
  return openHead(createHeadState(resolveOptions(options))).head
}

/**
 * Creates a head from the bytes of a snapshot. Call `maintain` afterwards: time has passed.
 * @throws SnapshotError when they are damaged or of another version
 */
export async function restoreHead(
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: HeadOptions = {},
): Promise<RestoredHead> {
  const { head, state } = openHead(createHeadState(resolveOptions(options)))
  return { head, ...(await restoreSnapshot(state, head.metadata, parts)) }
}

function openHead(state: HeadState): { head: Head; state: HeadState } {
  const metadata = createMetadataRegistry(state.limits.maxSeries)
  const resolver = createResolver(state.index)
  const { resolve, prepare } = resolver
  state.listeners.add({
    dropped(series) {
      state.exemplars.forget(series)
      forgetMetric(state, metadata, series.name)
    },
  })

  const head: Head = {
    metadata,
    intern: (labels, source = '') => internSeries(state, labels, source),
    find: (labels) => findSeries(state, labels),
    checkLimits: (labels, source = '') => checkLimits(state, labels, source),
    append: (series, timeMs, value) => appendSample(state, own(series), timeMs, value, false),
    appendStale: (series, timeMs) => appendSample(state, own(series), timeMs, Number.NaN, true),
    openLane: () => createSeriesLane(state),
    setCreated(series, createdMs) {
      if (!series.dropped) state.table.createdMs[own(series).row] = createdMs
    },
    addExemplar(series, exemplar) {
      if (!series.dropped) state.exemplars.add(series, exemplar)
    },
    latestExemplar: (series) => state.exemplars.latest(series),
    *select(matchers, startMs, endMs) {
      for (const series of resolve(matchers)) {
        if (series.dropped) continue
        const samples = readSamples(state, series, startMs, endMs)
        if (samples) yield samples
      }
    },
    slices: (matchers, startMs, endMs) => new Slices(state, resolve(matchers), startMs, endMs),
    prepare,
    matchSeries: resolve,
    read: (series, startMs, endMs) => readSamples(state, own(series), startMs, endMs),
    series: (query = {}) => atOnce(lookUpSeries(state, resolver, query)),
    labelNames: (query = {}) => atOnce(lookUpLabelNames(state, resolver, query)),
    labelValues: (name, query = {}) => atOnce(lookUpLabelValues(state, resolver, name, query)),
    inSteps: {
      series: (query) => lookUpSeries(state, resolver, query),
      labelNames: (query) => lookUpLabelNames(state, resolver, query),
      labelValues: (name, query) => lookUpLabelValues(state, resolver, name, query),
      exemplars: (query) => lookUpExemplars(state, resolver, query),
      idle: (sinceMs) => findIdle(state, sinceMs),
      maintain: (nowMs) => maintainHead(state, nowMs),
    },
    keepRaw(series, reachMs) {
      if (!series.dropped) state.table.reachMs[own(series).row] = Math.min(reachMs, MOST_REACH_MS)
    },
    watchSeries(watcher) {
      state.listeners.add(watcher)
      return () => void state.listeners.delete(watcher)
    },
    watchSamples(watcher) {
      state.sampleWatchers = [...state.sampleWatchers, watcher]
      return () => {
        state.sampleWatchers = state.sampleWatchers.filter((one) => one !== watcher)
      }
    },
    maintain: (nowMs) => atOnce(maintainHead(state, nowMs)),
    stats: () => statsOf(state),
    snapshot: (streamSequence, callerState = new Uint8Array(0)) =>
      takeSnapshot(state, metadata, streamSequence, callerState),
  }
  return { head, state }
}

// What the column holds.
const MOST_REACH_MS = 2 ** 32 - 1

/** Series are only ever made here, so that behind the read-only handle stands the head's own object. */
function own(series: Series): MemorySeries {
  return series as MemorySeries
}

function forgetMetric(state: HeadState, metadata: MetadataRegistry, seriesName: string): void {
  const family = metadata.familyOf(seriesName)
  const names = [family, `${family}_bucket`, `${family}_sum`, `${family}_count`]
  if (names.every((name) => !state.index.posting('__name__', name))) metadata.forget(family)
  if (!state.index.posting('__name__', seriesName)) metadata.forget(seriesName)
}

function statsOf(state: HeadState): HeadStats {
  return {
    ...state.counts,
    series: state.index.size(),
    metrics: state.index.postings('__name__')?.size ?? 0,
    packedSamples: state.counts.samples - state.openSamples - state.thawedSamples,
    packedBytes: state.arena.packedBytes(),
    bytes: totalBytes(state),
    maxBytes: state.limits.maxBytes,
    horizonMs: state.horizonMs,
    exemplars: state.exemplars.size(),
    overflow: state.seriesLimits.overflow(),
  }
}
