import type { Clock } from '../clock.ts'
import type { Log } from '../log/create-log.ts'

export interface StopStep {
  readonly name: string
  readonly outcome: 'done' | 'failed' | 'timeout'
  readonly ms: number
}

/** Ordered, bounded shutdown. */
export interface Lifecycle {
  /** Adds a step to run at stop, before those added earlier. Returns a function that takes it out again. */
  onStop(name: string, stop: () => unknown, options?: { timeoutMs?: number }): () => void
  /** Runs the steps, last in first out; every further call answers the same. Never rejects. */
  stop(reason: string): Promise<readonly StopStep[]>
  /** Aborts when stop begins. */
  readonly signal: AbortSignal
}

interface Step {
  readonly name: string
  readonly stop: () => unknown
  readonly timeoutMs: number
}

export interface LifecycleOptions {
  readonly clock: Clock
  readonly log: Log
  /** Longest a step may take. Milliseconds. */
  readonly stepTimeoutMs?: number
  /** Longest all steps may take together; the steps left over then get 100 ms each. Milliseconds. */
  readonly totalTimeoutMs?: number
}

export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const { clock, log, stepTimeoutMs = 10_000, totalTimeoutMs = 25_000 } = options
  const steps: Step[] = []
  const aborter = new AbortController()
  let finished = false
  let stopped: Promise<readonly StopStep[]> | undefined

  async function run(step: Step, deadline: number): Promise<StopStep> {
    const begun = clock.now()
    const budget = Math.max(100, Math.min(step.timeoutMs, deadline - begun))
    const outcome = await bounded(step.stop, budget, clock, (error) =>
      log.error({ err: error, step: step.name }, 'a stop step failed'),
    )
    const ms = clock.now() - begun
    if (outcome === 'timeout') log.warn({ step: step.name, ms }, 'a stop step was cut off')
    return { name: step.name, outcome, ms }
  }

  async function runAll(reason: string): Promise<readonly StopStep[]> {
    log.info({ reason }, 'stopping')
    aborter.abort(reason)
    const deadline = clock.now() + totalTimeoutMs
    const report: StopStep[] = []
    // Steps may still be added by a start that is under way.
    for (let step = steps.pop(); step; step = steps.pop()) report.push(await run(step, deadline))
    finished = true
    log.info(
      { steps: report.map(({ name, outcome, ms }) => `${name} ${outcome} ${Math.round(ms)}ms`) },
      'stopped',
    )
    return report
  }

  return {
    onStop(name, stop, { timeoutMs = stepTimeoutMs } = {}) {
      const step: Step = { name, stop, timeoutMs }
      // Made too late to be asked: it must not be left open.
      if (finished) void run(step, clock.now() + timeoutMs)
      else steps.push(step)
      return () => {
        const at = steps.indexOf(step)
        if (at >= 0) steps.splice(at, 1)
      }
    },
    stop(reason) {
      stopped ??= runAll(reason)
      return stopped
    },
    signal: aborter.signal,
  }
}

function bounded(
  fn: () => unknown,
  ms: number,
  clock: Clock,
  onError: (error: unknown) => void,
): Promise<StopStep['outcome']> {
  return new Promise((resolve) => {
    const cancel = clock.setTimeout(() => resolve('timeout'), ms)
    const settle = (outcome: StopStep['outcome']) => {
      cancel()
      resolve(outcome)
    }
    Promise.resolve()
      .then(fn)
      .then(
        () => settle('done'),
        (error: unknown) => {
          onError(error)
          settle('failed')
        },
      )
  })
}
