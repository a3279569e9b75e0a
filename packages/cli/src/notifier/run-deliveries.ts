import { setTimeout as delay } from 'node:timers/promises'
import { type DeliveryEvent, deliveryEvent, deliveryOutcome, severity as severities } from '@tocsin/contract'
import { z } from 'zod'
import { CliError } from '../errors.ts'
import { formatTable } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { askNotifier, chooseNotifier, type Notifier, type NotifierAddress } from './ask-notifier.ts'
import { deliveryCells, deliveryHead } from './format-delivery.ts'
import { formatStoryLine, storyLine } from './format-story.ts'
import { checkChoice, checkLimit, checkSpan } from './read-flags.ts'

/** The flags of `tocsin deliveries`. */
export interface DeliveriesFlags {
  readonly alert?: string
  readonly outcome?: string
  readonly channel?: string
  readonly receiver?: string
  readonly severity?: string
  readonly reason?: string
  readonly since?: string
  readonly until?: string
  readonly limit?: string
  readonly follow?: boolean
  readonly url?: string
  readonly json?: boolean
}

const page = z.object({ deliveries: z.array(deliveryEvent), complete: z.boolean() })
const story = z.object({ alert: z.string(), lines: z.array(storyLine), complete: z.boolean() })

const POLL_MS = 1000
/** A line may be stored a little after the time that it bears. */
const OVERLAP_MS = 60_000

/** Shows the delivery log, or what became of one alert; with `follow`, goes on until the signal. @throws {CliError} */
export async function runDeliveries(
  flags: DeliveriesFlags,
  env: NotifierAddress,
  output: Terminal,
  signal?: AbortSignal,
): Promise<void> {
  const notifier = chooseNotifier(flags.url, env)
  const { alert, outcome, channel, receiver, severity, reason, since, until, limit } = flags
  checkChoice('--outcome', outcome, deliveryOutcome.options)
  checkChoice('--severity', severity, severities.options)
  checkLimit(limit)
  checkSpan(flags)
  const plain = outcome ?? channel ?? receiver ?? severity ?? reason
  if (flags.follow && until !== undefined)
    throw new CliError('bad-usage', '--follow has no end: leave --until out')
  if (alert !== undefined && !flags.follow && plain === undefined)
    return showStory(alert, notifier, { since, until, limit }, flags, output)
  const named =
    alert === undefined ? {} : /^[0-9a-f]{16}$/.test(alert) ? { fingerprint: alert } : { alertname: alert }
  const query = { ...named, outcome, channel, receiver, severity, reason, since, until, limit }
  if (flags.follow) return follow(notifier, query, flags, output, signal)
  const { deliveries, complete } = await askNotifier(notifier, 'deliveries', page, { query })
  if (flags.json) return output.print(JSON.stringify(deliveries))
  const rows = deliveries.toReversed().map((entry) => deliveryCells(entry, output.colors))
  output.print(rows.length === 0 ? 'nothing was told that fits' : formatTable(deliveryHead, rows, [3, 4]))
  if (!complete) output.remark('older lines were not looked at: --since and --until say where to look')
}

async function showStory(
  alert: string,
  notifier: Notifier,
  query: Readonly<Record<string, string | undefined>>,
  { json }: DeliveriesFlags,
  output: Terminal,
): Promise<void> {
  const told = await askNotifier(notifier, `deliveries/${encodeURIComponent(alert)}/story`, story, { query })
  if (json) return output.print(JSON.stringify(told.lines))
  if (told.lines.length === 0)
    return output.print(`nothing is known of ${alert}: is that the alert's name, or its fingerprint?`)
  for (const line of told.lines) output.print(formatStoryLine(line, output.colors))
  if (!told.complete) output.remark('this is not all: --since, --until and --limit say what to show')
}

/** New lines as they come. */
async function follow(
  notifier: Notifier,
  query: Readonly<Record<string, string | undefined>>,
  { json }: DeliveriesFlags,
  output: Terminal,
  signal?: AbortSignal,
): Promise<void> {
  const seen = new Map<string, number>()
  let since = query['since'] ?? '1m'
  for (let first = true; !signal?.aborted; first = false) {
    if (!first) await delay(POLL_MS, undefined, signal ? { signal } : {}).catch(() => {})
    const { deliveries } = await askNotifier(notifier, 'deliveries', page, {
      query: { ...query, limit: '1000', since },
    })
    for (const entry of deliveries.toReversed()) {
      if (seen.has(entry.id)) continue
      seen.set(entry.id, Date.parse(entry.time))
      output.print(json ? JSON.stringify(entry) : lineOf(entry, output))
    }
    const newest = Math.max(...seen.values(), 0) - OVERLAP_MS
    if (newest > 0) since = new Date(newest).toISOString()
    for (const [id, ms] of seen) if (ms < newest - OVERLAP_MS) seen.delete(id)
  }
}

function lineOf(entry: DeliveryEvent, { colors }: Terminal): string {
  return deliveryCells(entry, colors)
    .filter((cell) => cell !== '')
    .join('  ')
}
