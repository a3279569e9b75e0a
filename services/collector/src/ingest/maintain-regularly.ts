import type { Clock } from '@tocsin/runtime'
import type { Head } from '@tocsin/tsdb'
import { createTurn } from '../http/create-turn.ts'

const EVERY_MS = 60_000

/** Applies retention and limits now and every minute, in turn with other work; the function returned ends that. */
export function maintainRegularly(head: Head, clock: Clock): () => void {
  let stopped = false
  let cancel = () => {}
  const run = async () => {
    const turn = createTurn()
    for (const _ of head.inSteps.maintain(clock.now())) {
      if (turn.isOver()) await turn.pass()
      if (stopped) return
    }
    cancel = clock.setTimeout(() => void run(), EVERY_MS)
  }
  void run()
  return () => {
    stopped = true
    cancel()
  }
}
