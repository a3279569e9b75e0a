import { userInfo } from 'node:os'
import { z } from 'zod'
import { CliError, messageOf } from '../errors.ts'
import { formatTable } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { formatTime } from '../query/format-number.ts'
import { askNotifier, chooseNotifier, type NotifierAddress } from './ask-notifier.ts'
import { checkDuration, readDate } from './read-flags.ts'

export interface SilenceFlags {
  readonly expired?: boolean
  readonly url?: string
  readonly json?: boolean
}

export interface AddFlags extends SilenceFlags {
  readonly comment: string
  readonly duration?: string
  readonly start?: string
  readonly end?: string
  readonly by?: string
}

const silence = z.object({
  id: z.string(),
  state: z.enum(['active', 'pending', 'expired']),
  matchers: z.string(),
  startsAt: z.string(),
  endsAt: z.string(),
  createdBy: z.string(),
  comment: z.string(),
  mutes: z.number(),
})
const page = z.object({ silences: z.array(silence) })
const ended = z.object({ expired: z.string() })

/** `tocsin silences add`. @throws {CliError} */
export async function addSilence(
  matchers: readonly string[],
  flags: AddFlags,
  env: NotifierAddress,
  output: Terminal,
): Promise<void> {
  const { comment, start, end, duration = '1h', by = userInfo().username } = flags
  if (end !== undefined && flags.duration !== undefined)
    throw new CliError('bad-usage', '--end and --duration both say when it ends: leave one out')
  checkDuration('--duration', duration)
  const body = {
    matchers: matchers.map(asMatcher),
    by,
    comment,
    ...(start === undefined ? {} : { startsAt: readDate('--start', start) }),
    ...(end === undefined ? { duration } : { endsAt: readDate('--end', end) }),
  }
  const made = await askNotifier(chooseNotifier(flags.url, env), 'silences', silence, { body })
  if (flags.json) return output.print(JSON.stringify(made))
  output.print(made.id)
  output.remark(
    `${made.matchers} is quiet until ${formatTime(Date.parse(made.endsAt))}; it mutes ${alerts(made.mutes)} now`,
  )
}

/** `tocsin silences list`. @throws {CliError} */
export async function listSilences(
  flags: SilenceFlags,
  env: NotifierAddress,
  output: Terminal,
): Promise<void> {
  const query = flags.expired ? { expired: 'true' } : {}
  const { silences } = await askNotifier(chooseNotifier(flags.url, env), 'silences', page, { query })
  if (flags.json) return output.print(JSON.stringify(silences))
  if (silences.length === 0) return output.print('no silences')
  const rows = silences.map((item) => [
    item.id,
    item.state,
    item.matchers,
    formatTime(Date.parse(item.endsAt)),
    String(item.mutes),
    item.createdBy,
    item.comment,
  ])
  output.print(formatTable(['silence', 'state', 'matchers', 'ends', 'mutes', 'by', 'why'], rows, [4]))
}

/** `tocsin silences expire`; answers the exit code. */
export async function expireSilences(
  ids: readonly string[],
  flags: SilenceFlags,
  env: NotifierAddress,
  output: Terminal,
): Promise<number> {
  let code = 0
  for (const id of ids) {
    try {
      const path = `silences/${encodeURIComponent(id)}`
      await askNotifier(chooseNotifier(flags.url, env), path, ended, { method: 'DELETE' })
      output.print(id)
    } catch (error) {
      if (error instanceof CliError && error.code !== 'query-failed') throw error
      output.remark(messageOf(error))
      code = 1
    }
  }
  return code
}

/** As for amtool, a word alone is the name of an alert. */
function asMatcher(text: string): string {
  return /[=~]/.test(text) ? text : `alertname=${JSON.stringify(text)}`
}

const alerts = (count: number) => (count === 1 ? '1 alert' : `${count} alerts`)
