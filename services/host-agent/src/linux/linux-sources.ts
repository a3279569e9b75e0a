import { readdirSync, readFileSync } from 'node:fs'
import { readFile, statfs } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { type Clock, codeOf, sleep } from '@tocsin/runtime'
import type { LinuxSources } from './linux-readers.ts'

/** What a kernel answers that lacks a feature, or keeps it from us; a process that ended is `ESRCH`. */
const NOT_HERE: ReadonlySet<string | undefined> = new Set([
  'EACCES',
  'ENODEV',
  'ENOENT',
  'ENOTDIR',
  'EOPNOTSUPP',
  'ENOTSUP',
  'EPERM',
  'ESRCH',
])

/** The files of this machine. */
export function linuxSources(clock: Clock): LinuxSources {
  const readText = (path: string) => readFile(path, 'utf8')
  return {
    readText,
    readOptional: (path) => readText(path).catch(unlessNotHere),
    readBytes: (path) => readFile(path).catch(unlessNotHere),
    statfs,
    listProc: () => readdirSync('/proc'),
    readNow(path) {
      try {
        return readFileSync(path, 'utf8')
      } catch (error) {
        return unlessNotHere(error)
      }
    },
    pause: () => setImmediate(),
    wait: (ms, signal) => sleep(clock, ms, signal),
    now: () => clock.now(),
  }
}

function unlessNotHere(error: unknown): undefined {
  if (!NOT_HERE.has(codeOf(error))) throw error
  return undefined
}
