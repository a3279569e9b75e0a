import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '../errors.ts'
import { describeExit, type Part, type RunningPart } from './part.ts'
import { decideRestart } from './restart-policy.ts'

export interface KeptPart {
  readonly part: Part
  readonly pid: number | undefined
  readonly restarts: number
  /** Ends the watch and the process. Bounded by `graceMs` and a little. */
  stop(graceMs: number): Promise<void>
}

export interface KeepOptions {
  readonly say: (line: string) => void
  /** Called after each restart. */
  readonly onChange: () => void
  /** Waits; ends early, without an error, when the signal aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
  /** Called once, when the part has died too often. */
  readonly onGiveUp: (reason: string) => void
}

const sleepUnlessAborted = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => {})

/** Watches over a part that runs: when it dies, says so and starts it again, until the restart policy gives up. */
export function keepRunning(part: Part, first: RunningPart, options: KeepOptions): KeptPart {
  const { say, onChange, onGiveUp, sleep = sleepUnlessAborted } = options
  const stopping = new AbortController()
  const deaths: number[] = []
  let current: RunningPart | undefined = first
  let restarts = 0

  const startAgain = async (): Promise<RunningPart | undefined> => {
    try {
      return await part.launch?.()
    } catch (error) {
      if (!stopping.signal.aborted) say(`${part.name}: ${messageOf(error)}`)
      return undefined
    }
  }

  const watch = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (current) {
        const exit = await current.exited
        if (stopping.signal.aborted) return
        say(`${part.name} died (${describeExit(exit)})`)
      }
      current = undefined
      deaths.push(performance.now())
      const decision = decideRestart(deaths)
      if (decision.action === 'give-up') return onGiveUp(`${part.name} ${decision.reason}`)
      say(`${part.name} is started again in ${decision.delayMs / 1000} s`)
      await sleep(decision.delayMs, stopping.signal)
      if (stopping.signal.aborted) return
      current = await startAgain()
      if (!current) continue
      restarts++
      onChange()
    }
  }
  const watching = watch()

  return {
    part,
    get pid() {
      return current?.pid
    },
    get restarts() {
      return restarts
    },
    async stop(graceMs) {
      stopping.abort()
      await current?.stop(graceMs)
      // A start that is under way ends when its process is stopped with the rest.
      await Promise.race([watching, delay(100)])
    },
  }
}
