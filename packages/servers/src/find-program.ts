import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'
import { searchPath } from './env.ts'
import { SERVER_PROGRAMS, type ServerName } from './programs.ts'

// Debian puts nats-server into /usr/sbin, which is not on the PATH of ordinary users.
const USUAL_FOLDERS = [
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/bin',
  '/usr/sbin',
  '/bin',
  '/sbin',
  '/opt/homebrew/bin',
  '/opt/homebrew/sbin',
  '/home/linuxbrew/.linuxbrew/bin',
]

/** The folders where programs are looked for: PATH, then the usual places that PATH often leaves out. */
export const programFolders = (): string[] => [...new Set([...searchPath(), ...USUAL_FOLDERS])]

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** The path of the first of `names` that can be executed, or undefined. */
export function findProgram(names: readonly string[], folders = programFolders()): string | undefined {
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name)
      if (isExecutable(path)) return path
    }
  }
  return undefined
}

/** The path of a server's program, or undefined when it is not installed. */
export const findServer = (name: ServerName, folders = programFolders()): string | undefined =>
  findProgram(SERVER_PROGRAMS[name].programs, folders)
