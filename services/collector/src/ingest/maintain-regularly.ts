import type { Clock } from '@tocsin/runtime'
import type { Head } from '@tocsin/tsdb'

const EVERY_MS = 60_000

/** Applies retention and limits now and every minute; the function returned ends that. */
export function maintainRegularly(head: Head, clock: Clock): () => void {
  let cancel = () => {}
  const run = () => {
    head.maintain(clock.now())
    cancel = clock.setTimeout(run, EVERY_MS)
  }
  run()
  return () => cancel()
}
