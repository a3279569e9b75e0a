import { type DestinationStream, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino'
import pretty from 'pino-pretty'
import { redactUrls } from '../env/redact.ts'
import { type GatheringStream, gatherLines } from './gather-lines.ts'
import { hideSecrets } from './hide-secrets.ts'

/** Without children: their fields would be written as they are, secrets and all. */
export type Log = Pick<Logger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'level'>

export interface LogOptions {
  readonly service: string
  readonly version: string
  readonly level: string
  /** Unset: readable when stdout is a terminal. */
  readonly pretty?: boolean | undefined
  /** Where lines go instead of stdout. */
  readonly destination?: DestinationStream
}

/** A log of JSON lines with `service` and `version`; fields that hold secrets and passwords in URLs are hidden. */
export function createLog(options: LogOptions): Log {
  const readable = options.pretty ?? (options.destination === undefined && process.stdout.isTTY === true)
  const destination =
    options.destination ??
    (readable
      ? pretty({ sync: true, ignore: 'pid,hostname,service,version', translateTime: 'SYS:HH:MM:ss.l' })
      : undefined)
  const settings = {
    level: options.level,
    base: { service: options.service, version: options.version },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: hideSecrets },
    serializers: { err: (error: Error) => hideSecrets(stdSerializers.err(error)) },
    hooks: { streamWrite: redactUrls },
  }
  return pino(settings, destination ?? stdout())
}

let gathered: GatheringStream | undefined

/** One for the process, however many logs it has. */
function stdout(): GatheringStream {
  gathered ??= gatherLines(pino.destination({ fd: 1, sync: true }))
  return gathered
}
