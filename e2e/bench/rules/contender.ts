import { cpuSeconds, residentBytes } from './process-usage.ts'

/** One system under the load, twice: with the rules, and without any for what taking in the samples costs. */
export interface Contender {
  readonly name: string
  readonly version: string
  /** Ids of the processes, as they are now. */
  readonly withRules: () => readonly number[]
  readonly withoutRules: () => readonly number[]
  /** Alerts that fire now. */
  firing(): Promise<number>
  stop(): Promise<void>
}

export interface Usage {
  readonly withRules: number
  readonly withoutRules: number
}

/** Seconds of processor time so far. */
export function cpuOf({ withRules, withoutRules }: Contender): Usage {
  const sum = (pids: readonly number[]) => pids.reduce((total, pid) => total + cpuSeconds(pid), 0)
  return { withRules: sum(withRules()), withoutRules: sum(withoutRules()) }
}

/** Bytes of resident memory. */
export function memoryOf({ withRules, withoutRules }: Contender): Usage {
  const sum = (pids: readonly number[]) => pids.reduce((total, pid) => total + residentBytes(pid), 0)
  return { withRules: sum(withRules()), withoutRules: sum(withoutRules()) }
}
