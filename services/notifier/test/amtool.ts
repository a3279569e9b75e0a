import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface AmtoolRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The real amtool, pointed at an address. */
export function amtoolAt(url: string): (...args: string[]) => Promise<AmtoolRun> {
  return async (...args) => {
    try {
      const { stdout, stderr } = await run('amtool', [
        `--alertmanager.url=${url}`,
        '--no-version-check',
        ...args,
      ])
      return { code: 0, stdout, stderr }
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
      return { code, stdout, stderr }
    }
  }
}
