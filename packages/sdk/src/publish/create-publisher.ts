import { type Clock, every } from '../clock.ts'
import { messageOf } from '../errors.ts'
import type { Warn } from '../warn.ts'
import { collectMetrics } from './collect-metrics.ts'
import type { Family } from './family.ts'
import type { SeriesBook } from './series-book.ts'
import { createThrottle, type RunOutcome } from './throttle.ts'
import type { RegistryWatch } from './watch-registry.ts'

export interface Publisher {
  /** A watched metric changed. */
  touch(): void
  /** NATS is there, again perhaps: publishes everything. */
  announce(): void
  /** Publishes what has not been published yet, now; resolves with whether all of it is stored. Never rejects. */
  flush(): Promise<boolean>
  stop(): void
}

/** How often registries are compared whose changes may escape the hooks, in ms. */
const POLL_INTERVAL_MS = 1000

/**
 * Publishes what changes in registries. There is no buffer: what is not published yet stands in the registry, and
 * being cumulative only its latest state matters. One message is under way at a time.
 */
export function createPublisher(parts: {
  /** Registries that hooks follow. */
  readonly watches: readonly RegistryWatch[]
  /** Registries of the application: compared every second too, since children of their metrics may be older than the hooks. */
  readonly attached: readonly RegistryWatch[]
  /** Registries that go with full snapshots only. */
  readonly quiet: readonly RegistryWatch[]
  readonly book: SeriesBook
  readonly isConnected: () => boolean
  /** Resolves once the message is stored. */
  readonly send: (json: string) => Promise<void>
  readonly onBatch: (outcome: 'stored' | 'failed') => void
  readonly clock: Clock
  readonly warn: Warn
  readonly intervalMs: number
  readonly snapshotIntervalMs: number
  readonly collectIntervalMs: number
}): Publisher {
  const { watches, attached, quiet, book, send, onBatch, clock, warn } = parts
  let everything = true

  function* families(): Generator<Family> {
    for (const watch of watches) yield* watch.families()
    if (attached.length === 0) return
    const taken = new Set(watches.flatMap((watch) => [...watch.families()].map(({ name }) => name)))
    for (const watch of attached)
      for (const family of watch.families()) {
        const { name } = family
        if (!taken.has(name)) yield family
        else
          warn(`twice ${name}`, `'${name}' is in the attached registry and in ours: only ours is published`)
      }
  }

  function* allFamilies(): Generator<Family> {
    yield* families()
    for (const watch of quiet) yield* watch.families()
  }

  async function publish(): Promise<RunOutcome> {
    if (!parts.isConnected()) return 'idle'
    const all = everything
    everything = false
    let outcome: RunOutcome = 'idle'
    try {
      for (const message of book.messages(all ? allFamilies() : families(), all)) {
        await send(message.json)
        message.stored()
        onBatch('stored')
        outcome = 'sent'
      }
    } catch (error) {
      everything = true
      onBatch('failed')
      warn('publish', `metrics could not be stored, and will be sent again: ${messageOf(error)}`)
      outcome = 'failed'
    }
    return outcome
  }

  const throttle = createThrottle({ clock, intervalMs: parts.intervalMs, run: publish })
  const announce = () => {
    everything = true
    throttle.touch()
  }
  const collect = () => collectMetrics(families(), warn)
  const timers = [
    every(clock, parts.snapshotIntervalMs, announce),
    every(clock, parts.collectIntervalMs, collect),
  ]
  if (attached.length > 0)
    timers.push(
      every(clock, POLL_INTERVAL_MS, () => {
        for (const watch of attached) watch.suspect()
        throttle.touch()
      }),
    )
  collect()

  return {
    touch: throttle.touch,
    announce,
    async flush() {
      for (const watch of attached) watch.suspect()
      const outcome = await throttle.flush()
      return outcome !== 'failed' && parts.isConnected()
    },
    stop() {
      for (const cancel of timers) cancel()
      throttle.stop()
    },
  }
}
