import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { LinuxSources } from '../src/linux/linux-readers.ts'

/** Files as a machine had them, recorded under `test/recorded/<machine>`. */
export function recordedSources(machine: string): LinuxSources {
  const root = fileURLToPath(new URL(`./recorded/${machine}`, import.meta.url))
  const read = (path: string): string | undefined => {
    try {
      return readFileSync(`${root}${path}`, 'utf8')
    } catch {
      return undefined
    }
  }
  return {
    readText: async (path) => read(path) ?? Promise.reject(new Error(`${path} was not recorded`)),
    readOptional: async (path) => read(path),
    // Two pairs of a key and its value: the size of a page, and the end.
    readBytes: async () => new Uint8Array(new BigUint64Array([6n, 4096n, 0n, 0n]).buffer),
    statfs: async () => ({ bsize: 4096, blocks: 1000, bfree: 500, bavail: 400, files: 10, ffree: 5 }),
    listProc: () => readdirSync(`${root}/proc`),
    readNow: read,
    pause: async () => {},
    wait: () => new Promise(() => {}),
    now: () => 0,
  }
}
