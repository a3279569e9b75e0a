import { z } from 'zod'
import { CliError } from '../errors.ts'
import { formatTable } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { formatTime } from '../query/format-number.ts'
import { askNotifier, chooseNotifier, type NotifierAddress } from './ask-notifier.ts'
import { checkLetter, checkLimit, checkSpan } from './read-flags.ts'

/** Which dead letters a command is about. */
export interface LetterFlags {
  readonly reason?: string
  readonly channel?: string
  readonly since?: string
  readonly until?: string
  readonly limit?: string
  readonly url?: string
  readonly json?: boolean
}

const letter = z.object({
  sequence: z.number(),
  reason: z.string(),
  detail: z.string().optional(),
  subject: z.string(),
  channel: z.string().optional(),
  time: z.string().optional(),
  refusedAt: z.string(),
  bytes: z.number(),
  cut: z.string().optional(),
  body: z.string(),
})
type Letter = z.infer<typeof letter>
const page = z.object({ deadLetters: z.array(letter), complete: z.boolean() })
const replayedOne = z.object({ status: z.enum(['replayed', 'gone']) })
const replayedMany = z.object({
  replayed: z.number(),
  left: z.array(z.object({ sequence: z.number(), detail: z.string() })),
  more: z.boolean(),
})

/** `tocsin dead-letters list`. @throws {CliError} */
export async function listDeadLetters(
  flags: LetterFlags,
  env: NotifierAddress,
  output: Terminal,
): Promise<void> {
  const { reason, channel, since, until, limit } = flags
  checkLimit(limit)
  checkSpan(flags)
  const query = { reason, channel, since, until, limit }
  const asked = await askNotifier(chooseNotifier(flags.url, env), 'dead-letters', page, { query })
  if (flags.json) return output.print(JSON.stringify(asked.deadLetters))
  if (asked.deadLetters.length === 0) return output.print('no dead letters')
  const rows = asked.deadLetters.map((item) => [
    String(item.sequence),
    formatTime(Date.parse(item.refusedAt)),
    item.channel ?? item.subject,
    item.reason,
    summaryOf(item),
    item.detail?.slice(0, 80) ?? '',
  ])
  output.print(formatTable(['letter', 'refused', 'for', 'reason', 'what', 'detail'], rows, [0]))
  if (!asked.complete) output.remark('older ones were not looked at: --since and --until say where to look')
}

/** `tocsin dead-letters show <letter>`: its facts, then its body as it is. @throws {CliError} */
export async function showDeadLetter(
  sequence: string,
  flags: LetterFlags,
  env: NotifierAddress,
  output: Terminal,
): Promise<void> {
  checkLetter(sequence)
  const path = `dead-letters/${encodeURIComponent(sequence)}`
  const { body, ...facts } = await askNotifier(chooseNotifier(flags.url, env), path, letter)
  if (flags.json) return output.print(JSON.stringify({ ...facts, body }))
  for (const [name, value] of Object.entries(facts)) output.print(`${output.colors.bold(name)}: ${value}`)
  output.print(`\n${indented(body)}`)
}

export interface ReplayFlags extends LetterFlags {
  readonly all?: boolean
}

/** `tocsin dead-letters replay`: those that are named, or those that a filter names. Answers the exit code. @throws {CliError} */
export async function replayDeadLetters(
  sequences: readonly string[],
  flags: ReplayFlags,
  env: NotifierAddress,
  output: Terminal,
): Promise<number> {
  const { reason, channel, since, until, all } = flags
  const filter = { reason, channel, since, until }
  const hasFilter = Object.values(filter).some((value) => value !== undefined)
  if (sequences.length === 0 && !hasFilter && !all)
    throw new CliError(
      'bad-usage',
      'which ones? Name letters, give --reason, --channel or --since, or say --all',
    )
  if (sequences.length > 0 && (hasFilter || all))
    throw new CliError('bad-usage', 'name letters, or give a filter: not both')
  // All of them before the first is put back.
  for (const sequence of sequences) checkLetter(sequence)
  checkSpan(flags)
  const notifier = chooseNotifier(flags.url, env)
  if (sequences.length > 0) {
    for (const sequence of sequences) {
      const path = `dead-letters/${encodeURIComponent(sequence)}/replay`
      const { status } = await askNotifier(notifier, path, replayedOne, { body: {} })
      const said = status === 'replayed' ? 'is in its queue again' : 'was replayed before, or has expired'
      output.print(`${sequence} ${said}`)
    }
    return 0
  }
  const { replayed, left, more } = await askNotifier(notifier, 'dead-letters/replay', replayedMany, {
    body: filter,
  })
  output.print(`${replayed} ${replayed === 1 ? 'is in its queue' : 'are in their queues'} again`)
  for (const { detail } of left) output.remark(detail)
  if (more) output.remark('there may be more: call it again')
  return left.length > 0 ? 1 : 0
}

/** Of a notification, what it says. */
function summaryOf({ body }: Letter): string {
  const json = parseJson(body)
  if (typeof json !== 'object' || json === null) return body.slice(0, 60).replace(/\s+/g, ' ')
  const { title, commonLabels, kind } = json as Record<string, unknown>
  if (typeof title === 'string') return title.slice(0, 60)
  const name = typeof commonLabels === 'object' && commonLabels !== null && 'alertname' in commonLabels
  return name ? String((commonLabels as Record<string, unknown>)['alertname']) : String(kind ?? '')
}

function indented(body: string): string {
  const json = parseJson(body)
  return json === undefined ? body : JSON.stringify(json, undefined, 2)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
