import { setTimeout as delay } from 'node:timers/promises'
import { CliError } from '../errors.ts'
import { isAlive, liveRun, releaseRun } from './run-file.ts'

const LONGEST_STOP_MS = 60_000

/** Stops the run of this folder and waits until it is gone. Resolves with its pid, or undefined when there was none. */
export async function stopRun(home: string): Promise<number | undefined> {
  const run = liveRun(home)
  if (!run) return undefined
  process.kill(run.pid, 'SIGTERM')
  const deadline = performance.now() + LONGEST_STOP_MS
  while (isAlive(run)) {
    if (performance.now() > deadline) {
      // Its children die with it.
      if (isAlive(run)) process.kill(run.pid, 'SIGKILL')
      throw new CliError(
        'not-stopped',
        `Tocsin (pid ${run.pid}) did not stop within ${LONGEST_STOP_MS / 1000} s and was killed`,
      )
    }
    await delay(50)
  }
  releaseRun(home, run.pid)
  return run.pid
}
