import { readFile } from 'node:fs/promises'
import { freemem, totalmem } from 'node:os'
import { type Check, statusAbove } from '../check.ts'

/** The share of the machine's memory that programs hold; what the kernel would give back counts as free. */
export function memoryCheck(): Check {
  return {
    name: 'memory',
    type: 'memory',
    critical: false,
    async run() {
      const total = totalmem()
      const available = (await availableBytes()) ?? freemem()
      const used = 1 - available / total
      return {
        status: statusAbove(used, 0.85, 0.95),
        message: `${Math.round(used * 100)} % of the memory is in use`,
        details: { totalBytes: total, availableBytes: available },
      }
    },
  }
}

/** Linux' own estimate; undefined elsewhere. */
async function availableBytes(): Promise<number | undefined> {
  const info = await readFile('/proc/meminfo', 'utf8').catch(() => '')
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(info)?.[1]
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024
}
