import { userInfo } from 'node:os'
import { z } from 'zod'
import { CliError } from '../errors.ts'
import type { Terminal } from '../output/terminal.ts'
import { askNotifier, chooseNotifier, type NotifierAddress } from './ask-notifier.ts'
import { readDate } from './read-flags.ts'

export interface AckFlags {
  readonly group?: string
  readonly comment?: string
  readonly by?: string
  readonly until?: string
  readonly url?: string
}

const answer = z.object({
  acknowledgements: z.array(z.object({ fingerprint: z.string(), labels: z.record(z.string(), z.string()) })),
})

/** `tocsin ack`. @throws {CliError} */
export async function acknowledge(
  fingerprint: string | undefined,
  flags: AckFlags,
  env: NotifierAddress,
  output: Terminal,
): Promise<void> {
  const { group, comment = '', by = userInfo().username, until } = flags
  if ((fingerprint === undefined) === (group === undefined))
    throw new CliError('bad-usage', 'say which: the fingerprint of an alert, or --group and its key')
  const body = {
    ...(fingerprint === undefined ? { groupKey: group } : { fingerprint }),
    by,
    comment,
    ...(until === undefined ? {} : { until: readDate('--until', until) }),
  }
  const made = await askNotifier(chooseNotifier(flags.url, env), 'acknowledgements', answer, { body })
  for (const { fingerprint: one, labels } of made.acknowledgements)
    output.print(`${one} ${labels['alertname'] ?? ''}`.trim())
  output.remark('repeats have ended; its end is told, and so is what is new')
}
