import type { Labels } from '@tocsin/contract'
import type { Clock } from '@tocsin/runtime'
import { type Silence, stateOf } from './silence.ts'
import { createSilenceIndex } from './silence-index.ts'

/** All silences as this replica knows them. */
export interface SilenceBook {
  put(silence: Silence): void
  delete(id: string): void
  clear(): void
  get(id: string): Silence | undefined
  list(): readonly Silence[]
  /** The ids of the silences that mute these labels now. Labels are told apart by identity: they must never change. */
  silencedBy(labels: Labels, nowMs: number): readonly string[]
  stop(): void
}

const NONE: readonly string[] = []

/** `onChange` is called when what is muted may have changed: by a write, or because a silence begins or ends. */
export function createSilenceBook(clock: Clock, onChange: () => void): SilenceBook {
  const silences = new Map<string, Silence>()
  const index = createSilenceIndex()
  let armedMs = Number.POSITIVE_INFINITY
  let disarm = () => {}

  /** The next moment at which a silence begins or ends. */
  function turnOf({ startsMs, endsMs }: Silence, nowMs: number): number {
    if (startsMs > nowMs) return startsMs
    return endsMs > nowMs ? endsMs : Number.POSITIVE_INFINITY
  }

  function arm(atMs: number): void {
    if (atMs >= armedMs) return
    disarm()
    armedMs = atMs
    disarm = clock.setTimeout(turn, atMs - clock.now())
  }

  function turn(): void {
    armedMs = Number.POSITIVE_INFINITY
    const nowMs = clock.now()
    for (const [id, silence] of silences) {
      if (silence.endsMs <= nowMs) index.delete(id)
      arm(turnOf(silence, nowMs))
    }
    onChange()
  }

  return {
    put(silence) {
      const { id } = silence.record
      const nowMs = clock.now()
      silences.set(id, silence)
      if (silence.endsMs > nowMs) index.put(silence)
      else index.delete(id)
      arm(turnOf(silence, nowMs))
      onChange()
    },
    delete(id) {
      index.delete(id)
      if (silences.delete(id)) onChange()
    },
    clear() {
      silences.clear()
      index.clear()
      onChange()
    },
    get: (id) => silences.get(id),
    list: () => [...silences.values()],
    silencedBy(labels, nowMs) {
      const matching = index.matching(labels)
      if (matching.length === 0) return NONE
      return matching
        .filter((silence) => stateOf(silence, nowMs) === 'active')
        .map(({ record }) => record.id)
        .sort()
    },
    stop() {
      disarm()
      armedMs = Number.NEGATIVE_INFINITY
    },
  }
}
