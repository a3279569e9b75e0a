import { appendFileSync, mkdirSync, renameSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { countLostLines } from './lost-lines.ts'

const MAX_BYTES = 10 * 1024 * 1024
/** How long a file is left alone after a failure: on a full disk, a short line may fit where the one before did not. */
const RETRY_MS = 5000

export interface LogFilesOptions {
  readonly maxBytes?: number
  /** Told when lines are dropped, and when they are written again. */
  readonly say: (line: string) => void
  /** A clock, in milliseconds. */
  readonly now?: () => number
}

/**
 * Appends lines to <folder>/<name>.log. A file over 10 MB becomes <name>.log.1, so that two generations are kept. A
 * line that cannot be written, as on a full disk, is dropped and counted: what is logged must not end what logs.
 */
export function openLogFiles(folder: string, options: LogFilesOptions): (name: string, line: string) => void {
  const { say, maxBytes = MAX_BYTES, now = () => performance.now() } = options
  mkdirSync(folder, { recursive: true })
  const sizes = new Map<string, number>()
  const failedAt = new Map<string, number>()
  const lines = countLostLines(`what is logged under ${folder}`, say)

  const append = (name: string, text: string): void => {
    const file = join(folder, `${name}.log`)
    const before = sizes.get(name) ?? statSync(file, { throwIfNoEntry: false })?.size ?? 0
    // Until it is done nothing is known of the size.
    sizes.delete(name)
    const full = before + text.length > maxBytes && before > 0
    if (full) renameSync(file, `${file}.1`)
    const kept = full ? 0 : before
    try {
      appendFileSync(file, text)
    } catch (error) {
      dropHalfLine(file, kept)
      throw error
    }
    sizes.set(name, kept + Buffer.byteLength(text))
  }

  return (name, line) => {
    const failed = failedAt.get(name)
    if (failed !== undefined && now() - failed < RETRY_MS) return lines.lost()
    try {
      append(name, `${line}\n`)
    } catch (error) {
      failedAt.set(name, now())
      return lines.lost(error)
    }
    if (failed === undefined) return
    failedAt.clear()
    lines.regained()
  }
}

/** Of a line that no longer fitted, the beginning may stand there. */
function dropHalfLine(file: string, size: number): void {
  try {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > size) truncateSync(file, size)
  } catch {
    // It stays, then: there is no better that could be done.
  }
}
