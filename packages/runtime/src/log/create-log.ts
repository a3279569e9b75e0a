import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'
import pretty from 'pino-pretty'
import { redactUrls } from '../env/redact.ts'

export type Log = Logger

const secretFields = ['pass', 'password', 'token', 'secret', 'authorization', 'creds', 'apiKey', 'cookie']
const secretPaths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`])

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
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: secretPaths, censor: '***' },
    hooks: { streamWrite: redactUrls },
  }
  return destination ? pino(settings, destination) : pino(settings)
}
