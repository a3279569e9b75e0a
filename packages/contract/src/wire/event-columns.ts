import type { MetricEvent } from '../metric-event.ts'
import type { EventKind } from './event-kind.ts'

const FIRST_ROOM = 256

/** The valid events of a message in columns. Valid until the next message is read. */
export class EventColumns {
  count = 0
  kinds: EventKind[] = []
  values = new Float64Array(FIRST_ROOM)
  /** Milliseconds since 1970; NaN where the event says none. */
  times = new Float64Array(FIRST_ROOM)
  ids: (string | undefined)[] = []

  clear(): void {
    this.count = 0
  }

  /** Clears the row behind the last event, where the next one is written before it is known to be one. */
  draft(): void {
    if (this.count === this.values.length) this.#grow()
    this.times[this.count] = Number.NaN
    this.ids[this.count] = undefined
  }

  /** Makes what was drafted an event. */
  keep(kind: EventKind): void {
    this.kinds[this.count++] = kind
  }

  add(kind: EventKind, value: number, time: number, id: string | undefined): void {
    this.draft()
    this.values[this.count] = value
    this.times[this.count] = time
    this.ids[this.count] = id
    this.keep(kind)
  }

  /** The event as the contract has it; a time as ISO 8601 in UTC, whatever its offset was. */
  at(i: number): MetricEvent {
    const { name, type, ...rest } = this.kinds[i]?.event ?? { name: '', type: 'gauge' }
    const time = this.times[i] ?? Number.NaN
    const id = this.ids[i]
    return {
      name,
      type,
      value: this.values[i] ?? 0,
      ...rest,
      ...(Number.isNaN(time) ? {} : { time: new Date(time).toISOString() }),
      ...(id === undefined ? {} : { id }),
    }
  }

  #grow(): void {
    const room = this.values.length * 2
    const values = new Float64Array(room)
    const times = new Float64Array(room)
    values.set(this.values)
    times.set(this.times)
    this.values = values
    this.times = times
  }
}
