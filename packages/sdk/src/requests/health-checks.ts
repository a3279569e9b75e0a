import { CONTRACT_VERSION, type HealthEvent } from '@tocsin/contract'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { checkArgument } from './call-service.ts'
import { type CheckFunction, runCheck } from './run-check.ts'

/** A health check of the application's own. Times in milliseconds. */
export interface CustomHealthCheck {
  readonly name: string
  /** What is checked: 'service', 'database', … Default: 'service'. */
  readonly type?: string
  /** Default: 60000. */
  readonly interval?: number
  /** Default: 10000. */
  readonly timeout?: number
  /** Whether the application cannot work without it. Default: false. */
  readonly critical?: boolean
  readonly check: CheckFunction
}

const definition = z.object({
  name: z.string().min(1).max(200),
  type: z.string().min(1).max(200).default('service'),
  interval: z.number().positive().max(86_400_000).default(60_000),
  timeout: z.number().positive().max(3_600_000).default(10_000),
  critical: z.boolean().default(false),
  check: z.custom<CheckFunction>(
    (value) => typeof value === 'function',
    'a function that resolves with a status',
  ),
})
type Definition = z.infer<typeof definition>

export interface HealthChecks {
  add(check: CustomHealthCheck): () => void
  /** Begins to run them; results go to `publish`. */
  start(source: string, publish: (event: HealthEvent) => Promise<void>): void
  /** There is a connection: publishes the last results that could not be. */
  republish(): void
  /** Runs none any more, and says so of each: what ended in order is not missed. Resolves when that is stored, or cannot be. */
  stop(): Promise<void>
}

interface Running {
  readonly definition: Definition
  last: HealthEvent | undefined
  unpublished: HealthEvent | undefined
  busy: boolean
  cancel(): void
  cancelRetry(): void
}

/** NATS may be there before the stream is. */
const RETRY_MS = 2000

/** Runs the application's own checks, each on its own time, and keeps the last result of each until it is stored. */
export function createHealthChecks(clock: Clock, nextId: () => string): HealthChecks {
  const checks = new Map<string, Running>()
  let target: { readonly source: string; publish(event: HealthEvent): Promise<void> } | undefined

  async function run(check: Running): Promise<void> {
    const { name, type, interval, timeout, critical } = check.definition
    if (!target || checks.get(name) !== check) return
    const { source } = target
    const started = clock.now()
    check.cancel = clock.after(interval, () => void run(check))
    const outcome = await attempt(check, timeout)
    if (checks.get(name) !== check) return
    const event: HealthEvent = {
      v: CONTRACT_VERSION,
      id: nextId(),
      time: new Date(clock.now()).toISOString(),
      source,
      service: source,
      check: name,
      type,
      critical,
      lastRun: new Date(started).toISOString(),
      intervalMs: interval,
      ...outcome,
    }
    check.last = event
    check.unpublished = event
    await publish(check)
  }

  async function attempt(check: Running, timeout: number) {
    // One that hangs is not started a second time: it would pile up.
    if (check.busy)
      return { status: 'unhealthy' as const, message: 'the run before has not ended yet', durationMs: 0 }
    check.busy = true
    const { outcome, ended } = runCheck(check.definition.check, timeout, clock)
    void ended.then(() => {
      check.busy = false
    })
    return await outcome
  }

  async function publish(check: Running): Promise<void> {
    const event = check.unpublished
    if (!event || !target) return
    try {
      await target.publish(event)
      if (check.unpublished === event) check.unpublished = undefined
    } catch {
      // Kept: the next run, the next connection or this brings it, and only the latest result counts.
      check.cancelRetry()
      check.cancelRetry = clock.after(RETRY_MS, () => void publish(check))
    }
  }

  function end(check: Running | undefined): void {
    check?.cancel()
    check?.cancelRetry()
  }

  /** Tells that a check is no more, unless nobody was ever told of it. */
  async function tellEnd({ last }: Running): Promise<void> {
    if (!last) return
    const time = new Date(clock.now()).toISOString()
    await target?.publish({ ...last, id: nextId(), time, ended: true }).catch(() => {
      // Without a connection it is missed instead: unhealthy once its last result is stale.
    })
  }

  return {
    add(check) {
      const parsed = checkArgument(definition, check, 'the health check')
      end(checks.get(parsed.name))
      const running: Running = {
        definition: parsed,
        last: undefined,
        unpublished: undefined,
        busy: false,
        cancel: () => {},
        cancelRetry: () => {},
      }
      checks.set(parsed.name, running)
      void run(running)
      return () => {
        end(running)
        if (checks.get(parsed.name) !== running) return
        checks.delete(parsed.name)
        void tellEnd(running)
      }
    },
    start(source, publish) {
      target = { source, publish }
      for (const check of checks.values()) void run(check)
    },
    republish() {
      for (const check of checks.values()) void publish(check)
    },
    async stop() {
      for (const check of checks.values()) end(check)
      const told = Promise.all([...checks.values()].map(tellEnd))
      target = undefined
      await told
    },
  }
}
