import type { Turn } from '../http/create-turn.ts'
import type { NameChecks } from './check-names.ts'
import type { MetadataBook } from './metadata-book.ts'
import type { Received } from './received.ts'
import type { SeriesBook } from './series-book.ts'

/** What a request is read with. */
export interface ReadDeps {
  readonly series: SeriesBook
  readonly metadata: MetadataBook
  readonly names: NameChecks
  readonly into: Received
  /** Long requests let others work in between. */
  readonly turn: Turn
}

/** How many series are read before the clock is asked. */
export const SERIES_A_LOOK = 64
