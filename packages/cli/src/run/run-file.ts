import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning, processBirth } from '@tocsin/servers'
import { z } from 'zod'

const partState = z.object({
  name: z.string(),
  kind: z.enum(['server', 'inbox', 'service']),
  /** Absent for a server of the environment's that we did not start. */
  pid: z.number().optional(),
  birth: z.string().optional(),
  /** What a user opens or connects to. */
  where: z.string(),
  /** What answers when it is ready: a URL, or env:NAME for the URL in that variable. */
  probe: z.string(),
  note: z.string(),
  restarts: z.number(),
})

const runState = z.object({
  pid: z.number(),
  /** With the pid, names one process for good: a reused pid is not taken for it. */
  birth: z.string(),
  startedAt: z.iso.datetime(),
  detached: z.boolean(),
  phase: z.enum(['starting', 'ready', 'stopping', 'failed']),
  /** Why, when the phase is failed. */
  message: z.string().optional(),
  /** The lines below the table of `up`. */
  hints: z.array(z.string()),
  parts: z.array(partState),
})

export type PartState = z.infer<typeof partState>
export type RunState = z.infer<typeof runState>

export const runFile = (home: string): string => join(home, 'run.json')
export const logsFolder = (home: string): string => join(home, 'logs')

/** What the last run wrote about itself, whether it still lives or not; undefined when there is none, or none that makes sense. */
export function readRun(home: string): RunState | undefined {
  try {
    return runState.parse(JSON.parse(readFileSync(runFile(home), 'utf8')))
  } catch {
    return undefined
  }
}

/** Whether the process that wrote this is still the one with that pid. */
export const isAlive = (run: Pick<RunState, 'pid' | 'birth'>): boolean =>
  isRunning(run.pid) && processBirth(run.pid) === run.birth

/** The run that goes on now, or undefined. */
export function liveRun(home: string): RunState | undefined {
  const run = readRun(home)
  return run && isAlive(run) ? run : undefined
}

/** Replaces the file as a whole: a reader sees the old state or the new one. */
export function writeRun(home: string, run: RunState): void {
  const draft = `${runFile(home)}.${run.pid}`
  try {
    writeFileSync(draft, `${JSON.stringify(run, null, 2)}\n`)
    renameSync(draft, runFile(home))
  } catch (error) {
    removeIfPossible(draft)
    throw error
  }
}

export type Claim = { readonly taken: true; readonly previous?: RunState } | { readonly taken: false }

/** Takes the place of the one run of this folder, unless a live run has it. Tells of a dead one that had it. */
export function claimRun(home: string, run: RunState): Claim {
  mkdirSync(home, { recursive: true })
  const previous = readRun(home)
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(runFile(home), `${JSON.stringify(run, null, 2)}\n`, { flag: 'wx' })
      return { taken: true, previous }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if (liveRun(home)) break
      rmSync(runFile(home), { force: true })
    }
  }
  return { taken: false }
}

/** The parts of a run whose processes are still there. */
export const lingering = (run: RunState): PartState[] =>
  run.parts.filter(({ pid, birth }) => pid !== undefined && birth !== undefined && isAlive({ pid, birth }))

/** Removes the file, if it is still this process's. One that has to stay names a process that is gone, and holds nobody up. */
export function releaseRun(home: string, pid: number): void {
  if (readRun(home)?.pid === pid) removeIfPossible(runFile(home))
}

function removeIfPossible(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // What stays is told by what is tried next, or harms nobody.
  }
}
