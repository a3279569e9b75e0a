import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** Fields of /proc/<pid>/stat after the command's name, which may itself hold blanks and brackets. */
function procStat(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

function ps(pid: number, field: string): string {
  try {
    return execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

const hasProc = existsSync('/proc/self/stat')

function stateOf(pid: number): string | undefined {
  return hasProc ? procStat(pid)?.[0] : ps(pid, 'stat')
}

/** Whether a process is suspended: with SIGSTOP, some time after the signal was sent. */
export function isSuspended(pid: number): boolean {
  return stateOf(pid)?.startsWith('T') === true
}

/** Whether a process runs. A zombie, dead but not yet reaped, does not. */
export function isRunning(pid: number): boolean {
  const state = stateOf(pid)
  return state !== undefined && state !== '' && !state.startsWith('Z') && !state.startsWith('X')
}

/** When the process began, as an opaque word: together with the pid it names one process for good, whatever reuses the pid. */
export function processBirth(pid: number): string | undefined {
  const birth = hasProc ? procStat(pid)?.[19] : ps(pid, 'lstart')
  return birth === '' ? undefined : birth
}
