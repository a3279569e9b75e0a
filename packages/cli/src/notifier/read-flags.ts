import { parseDuration } from '@tocsin/promql'
import { CliError } from '../errors.ts'

const MOST_LINES = 1000
const A_DATE = 'a date such as 2026-01-31T09:30:00Z'

const badUsage = (message: string): CliError => new CliError('bad-usage', message)

/** One of a few words. @throws {CliError} `bad-usage` */
export function checkChoice(flag: string, text: string | undefined, choices: readonly string[]): void {
  if (text !== undefined && !choices.includes(text))
    throw badUsage(`${flag} ${text}: there are ${choices.join(', ')}`)
}

/** How many lines are asked for. @throws {CliError} `bad-usage` */
export function checkLimit(text: string | undefined): void {
  if (text !== undefined && !isNumber(text, MOST_LINES))
    throw badUsage(`--limit ${text}: expected a whole number from 1 to ${MOST_LINES}`)
}

/** The number of a dead letter. @throws {CliError} `bad-usage` */
export function checkLetter(text: string): void {
  if (!isNumber(text, Number.MAX_SAFE_INTEGER))
    throw badUsage(`${text} is no dead letter: expected its number, as \`tocsin dead-letters list\` shows it`)
}

/** `--since` and `--until`, which the notifier reads by its own clock. @throws {CliError} `bad-usage` */
export function checkSpan(flags: { readonly since?: string; readonly until?: string }): void {
  for (const [name, text] of Object.entries({ since: flags.since, until: flags.until })) {
    if (text === undefined || /^\d+(\.\d+)?$/.test(text) || parseDuration(text) !== undefined) continue
    if (Number.isNaN(Date.parse(text)))
      throw badUsage(
        `--${name} ${text} is no time: give ${A_DATE}, Unix seconds, or how long ago, such as 10m`,
      )
  }
}

/** How long something lasts. @throws {CliError} `bad-usage` */
export function checkDuration(flag: string, text: string): void {
  if ((parseDuration(text) ?? 0) <= 0)
    throw badUsage(`${flag} ${text} is no duration: give one such as 30m, 2h or 1d`)
}

/** A moment, as the notifier takes it. @throws {CliError} `bad-usage` */
export function readDate(flag: string, text: string): string {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw badUsage(`${flag} ${text} is no time: give ${A_DATE}`)
  return new Date(ms).toISOString()
}

const isNumber = (text: string, most: number): boolean =>
  /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= most
