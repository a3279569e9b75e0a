import type { MetricEvent, MetricType } from '../metric-event.ts'
import { type CutShape, VALUE } from './cuts.ts'

/** What events of one kind have in common: everything but value, time and id. */
export type CommonEvent = Omit<MetricEvent, 'value' | 'time' | 'id'>

/** One kind of event. */
export interface EventKind {
  readonly type: MetricType
  /** What its events have in common; read anew from their bytes each time, so ask once. */
  readonly event: CommonEvent
  /** For whoever takes the events in, who finds here what belongs to a kind without a look-up. */
  companion: unknown
}

/** Where the bytes of many kinds lie behind one another. */
export interface KindBytes {
  bytes: Uint8Array
  view: DataView
  used: number
}

const utf8 = new TextDecoder()

/** A kind as its events are written, for the reader of bytes. */
export class WrittenKind implements EventKind {
  readonly type: MetricType
  readonly store: KindBytes
  /** Where its bytes begin, what varies left out. */
  readonly at: number
  /** Where each piece ends; behind each but the last stands what the shape names. */
  readonly ends: readonly number[]
  readonly shape: CutShape
  companion: unknown = undefined
  /** Which kind came after it last: it most likely does so again. */
  next: WrittenKind | undefined = undefined

  constructor(type: MetricType, store: KindBytes, at: number, ends: readonly number[], shape: CutShape) {
    this.type = type
    this.store = store
    this.at = at
    this.ends = ends
    this.shape = shape
  }

  get event(): CommonEvent {
    let text = ''
    let from = this.at
    this.ends.forEach((end, i) => {
      text += utf8.decode(this.store.bytes.subarray(from, end))
      if (this.shape[i] === VALUE) text += '0'
      from = end
    })
    const { value: _, time: __, id: ___, ...common } = JSON.parse(text) as MetricEvent
    return common
  }
}

/** A kind that stands for itself. */
export function plainKind(event: CommonEvent): EventKind {
  return { type: event.type, event, companion: undefined }
}
