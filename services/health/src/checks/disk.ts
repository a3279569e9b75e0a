import { statfs } from 'node:fs/promises'
import { type Check, statusAbove } from '../check.ts'

/** The share of a file system that is full, for those who are not root. */
export function diskCheck(path: string): Check {
  return {
    name: path === '/' ? 'disk' : `disk ${path}`,
    type: 'disk',
    critical: true,
    async run() {
      const { blocks, bfree, bavail, bsize } = await statfs(path)
      const used = blocks - bfree
      const full = used / Math.max(1, used + bavail)
      return {
        status: statusAbove(full, 0.85, 0.95),
        message: `${path} is ${Math.round(full * 100)} % full`,
        details: { path, totalBytes: blocks * bsize, availableBytes: bavail * bsize },
      }
    },
  }
}
