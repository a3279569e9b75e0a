import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CliError, messageOf } from '../errors.ts'
import { logsFolder } from './run-file.ts'

/** What the state of a run and the first lines of its logs take. */
const NEEDED_BYTES = 64 * 1024

const ELSEWHERE = 'set TOCSIN_HOME to another folder'
const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: `free space on its disk, or ${ELSEWHERE}`,
  EDQUOT: `free space of your quota, or ${ELSEWHERE}`,
  EROFS: ELSEWHERE,
  EACCES: `make it writable, or ${ELSEWHERE}`,
  EPERM: `make it writable, or ${ELSEWHERE}`,
  EEXIST: `a file is in its place: move that away, or ${ELSEWHERE}`,
  ENOTDIR: `a file is in its place: move that away, or ${ELSEWHERE}`,
}

/** What says that `home` does not serve, why, and what to do. */
export function homeFault(home: string, cause: unknown): CliError {
  const advice = ADVICE[(cause as NodeJS.ErrnoException).code ?? ''] ?? ELSEWHERE
  const message = `the folder ${home} cannot be used (${messageOf(cause)}): ${advice}`
  return new CliError('start-failed', message, { cause })
}

/** Makes the folder of a run, and tries it: what is full or read-only is found out before anything is started. @throws {CliError} */
export function prepareHome(home: string): void {
  const trial = join(home, `trial.${process.pid}`)
  try {
    mkdirSync(logsFolder(home), { recursive: true })
    try {
      writeFileSync(trial, Buffer.alloc(NEEDED_BYTES), { flush: true })
    } finally {
      rmSync(trial, { force: true })
    }
  } catch (error) {
    throw homeFault(home, error)
  }
}
