import { watch } from 'node:fs'
import path from 'node:path'
import { type Clock, type Log, messageOf } from '@tocsin/runtime'
import type { PolicyMetrics } from '../metrics.ts'
import type { Policy } from './policy.ts'

/** What a file says; `source` is its text, by which one sees whether it says something else by now. */
export interface LoadedPolicy {
  readonly policy: Policy
  readonly source: string
}

export interface PolicySourceDeps {
  readonly file: string
  /** @throws {PolicyError} with every fault */
  readonly load: () => Promise<LoadedPolicy>
  /** Makes what the policy needs, all or nothing; answers how to go over to it. @throws when it cannot be made */
  readonly prepare: (policy: Policy) => Promise<() => Promise<void>>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: PolicyMetrics
}

/** The policy of a file, as long as the process lives. */
export interface PolicySource {
  now(): Policy
  /** Reads the file again and goes on by it. @throws {PolicyError} when it is refused: the policy stays as it is */
  reload(): Promise<void>
  /** Why the file does not count as it is now; undefined when it does. */
  trouble(): string | undefined
  stop(): void
}

// An editor writes a file in several steps; a folder on the network tells of none of them.
const SETTLE_MS = 50
const RESCAN_MS = 10_000

/** Reads the policy and follows its file. @throws {PolicyError} when the file is refused at the start */
export async function startPolicySource(deps: PolicySourceDeps): Promise<PolicySource> {
  const { file, load, prepare, clock, log, metrics } = deps
  const first = await load()
  await (await prepare(first.policy))()
  let { policy } = first
  /** The text that was looked at last, good or bad: it is read anew only when it changes, or when asked. */
  let seen = first.source
  let trouble: string | undefined
  let turn: Promise<void> = Promise.resolve()
  let cancel = () => {}
  let stopped = false
  metrics.loaded(clock.now())

  async function goOver(loaded: LoadedPolicy): Promise<void> {
    const commit = await prepare(loaded.policy)
    policy = loaded.policy
    trouble = undefined
    metrics.loaded(clock.now())
    await commit()
    log.info({ file }, 'the configuration is read again, and holds from now on')
  }

  function refused(error: unknown): void {
    metrics.refused()
    const fresh = trouble !== messageOf(error)
    trouble = messageOf(error)
    if (fresh) log.error({ file }, `configuration refused, the former one goes on:\n${trouble}`)
  }

  async function read(isAsked: boolean): Promise<void> {
    if (stopped) return
    try {
      const loaded = await load()
      const isNew = loaded.source !== seen || trouble !== undefined
      seen = loaded.source
      if (isNew || isAsked) await goOver(loaded)
    } catch (error) {
      refused(error)
      throw error
    }
  }

  /** One after the other: whoever asks twice is answered twice. */
  function inTurn(isAsked: boolean): Promise<void> {
    const run = turn.then(() => read(isAsked))
    turn = run.catch(() => {})
    return run
  }

  function later(ms: number): void {
    cancel()
    if (stopped) return
    cancel = clock.setTimeout(() => {
      inTurn(false)
        .catch(() => {})
        .finally(() => later(RESCAN_MS))
    }, ms)
  }

  const watcher = watch(path.dirname(path.resolve(file)), () => later(SETTLE_MS))
  watcher.on('error', (error) =>
    log.warn({ file, reason: messageOf(error) }, 'the configuration is only looked at every 10 s'),
  )
  later(RESCAN_MS)
  return {
    now: () => policy,
    reload: () => inTurn(true),
    trouble: () => trouble && `${file} is refused, the former configuration goes on: ${firstLineOf(trouble)}`,
    stop() {
      stopped = true
      cancel()
      watcher.close()
    },
  }
}

function firstLineOf(text: string): string {
  const [line = '', ...rest] = text.split('\n')
  return rest.length > 0 ? `${line} (and ${rest.length} more)` : line
}
