import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'

const MAX_BYTES = 10 * 1024 * 1024

/** Appends lines to <folder>/<name>.log. A file over 10 MB becomes <name>.log.1, so that two generations are kept. */
export function openLogFiles(folder: string, maxBytes = MAX_BYTES): (name: string, line: string) => void {
  mkdirSync(folder, { recursive: true })
  const sizes = new Map<string, number>()
  return (name, line) => {
    const file = join(folder, `${name}.log`)
    const before = sizes.get(name) ?? statSync(file, { throwIfNoEntry: false })?.size ?? 0
    const text = `${line}\n`
    const full = before + text.length > maxBytes && before > 0
    if (full) renameSync(file, `${file}.1`)
    appendFileSync(file, text)
    sizes.set(name, (full ? 0 : before) + Buffer.byteLength(text))
  }
}
