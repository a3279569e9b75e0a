import type { Exit } from '@tocsin/servers'

/** A process of ours that runs and is ready. */
export interface RunningPart {
  readonly pid: number
  readonly exited: Promise<Exit>
  /** Asks it to end, and kills it after `graceMs`. Idempotent. */
  stop(graceMs: number): Promise<unknown>
}

/** Something that `up` runs or relies on. */
export interface Part {
  readonly name: string
  readonly kind: 'server' | 'inbox' | 'service'
  readonly where: string
  readonly probe: string
  readonly note: string
  /** Starts it, again if it was started before; resolves when it is ready. Absent when it is not ours to start. */
  readonly launch?: () => Promise<RunningPart>
}

export type LineSink = (part: string, line: string) => void

export const describeExit = ({ code, signal }: Exit): string =>
  signal ? `killed by ${signal}` : `exit code ${code}`
