import type { Clock } from '@tocsin/runtime'
import type { Head } from '@tocsin/tsdb'
import { inTurns } from '../http/in-turns.ts'

const EVERY_MS = 60_000

/** Applies retention and limits now and every minute, in turn with other work; the function returned ends that. */
export function maintainRegularly(head: Head, clock: Clock): () => void {
  let stopped = false
  let cancel = () => {}
  const run = async () => {
    await inTurns(head.inSteps.maintain(clock.now()), () => stopped)
    if (!stopped) cancel = clock.setTimeout(() => void run(), EVERY_MS)
  }
  void run()
  return () => {
    stopped = true
    cancel()
  }
}
