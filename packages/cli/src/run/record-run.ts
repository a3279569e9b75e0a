import type { CliError } from '../errors.ts'
import { homeFault } from './prepare-home.ts'
import { type RunState, writeRun } from './run-file.ts'

const RETRY_MS = 1000

/** The state of the run that goes on, and its file. */
export interface RunRecord {
  readonly run: RunState
  /** Changes the state. Answers why the file could not be written; then that is said once, and tried until it can be. */
  update(change: Partial<RunState>): CliError | undefined
  /** Ends the tries. */
  close(): void
}

/** Keeps run.json. On a full disk it stays as it was, and the run goes on. */
export function recordRun(home: string, first: RunState, say: (line: string) => void): RunRecord {
  let run = first
  let retry: NodeJS.Timeout | undefined
  let closed = false

  const write = (): CliError | undefined => {
    try {
      writeRun(home, run)
    } catch (error) {
      const fault = homeFault(home, error)
      if (!retry && !closed) {
        say(`${fault.message}; until then, \`npm run status\` shows what was before`)
        retry = setInterval(write, RETRY_MS).unref()
      }
      return fault
    }
    if (retry) say('the state of the run is written again')
    stopRetry()
    return undefined
  }
  const stopRetry = () => {
    clearInterval(retry)
    retry = undefined
  }

  return {
    get run() {
      return run
    },
    update(change) {
      run = { ...run, ...change }
      return write()
    },
    close() {
      closed = true
      stopRetry()
    },
  }
}
