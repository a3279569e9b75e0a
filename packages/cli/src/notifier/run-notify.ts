import { writeFileSync } from 'node:fs'
import { CliError, messageOf } from '../errors.ts'
import { formatTable } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { askNotifier, chooseNotifier, type NotifierAddress } from './ask-notifier.ts'
import { durationText } from './format-delivery.ts'
import { formatPreview } from './format-preview.ts'
import { type PreviewAnswer, previewAnswer, testAnswer } from './preview-answer.ts'
import { readDate } from './read-flags.ts'

interface CommonFlags {
  readonly url?: string
  readonly json?: boolean
}

/** The flags of `tocsin notify preview`. */
export interface PreviewFlags extends CommonFlags {
  readonly label?: readonly string[]
  readonly annotation?: readonly string[]
  readonly start?: string
  readonly end?: string
  readonly channel?: string
  readonly out?: string
}

/** Tries a receiver; exit code 1 when one of its ways did not work. @throws {CliError} */
export async function testReceiver(
  receiver: string | undefined,
  flags: CommonFlags,
  env: NotifierAddress,
  output: Terminal,
): Promise<number> {
  const body = receiver === undefined ? {} : { receiver }
  const answer = await askNotifier(chooseNotifier(flags.url, env), 'notify/test', testAnswer, { body })
  const failed = answer.integrations.some(({ result }) => result !== 'delivered')
  if (flags.json) output.print(JSON.stringify(answer, null, 2))
  else if (answer.integrations.length === 0) output.remark(`the receiver ${answer.receiver} tells nobody`)
  else {
    const { green, red } = output.colors
    output.print(
      formatTable(
        ['channel', 'type', 'result', 'took', 'reason'],
        answer.integrations.map(({ channel, type, result, reason, detail, durationMs }) => [
          channel,
          type,
          result === 'delivered' ? green(result) : red(result),
          durationText(durationMs),
          [reason === 'ok' ? '' : reason, detail ?? ''].filter(Boolean).join(': '),
        ]),
      ),
    )
  }
  return failed || answer.integrations.length === 0 ? 1 : 0
}

/** Shows what an alert would lead to; exit code 1 when something of it could not be said. @throws {CliError} */
export async function previewAlert(
  flags: PreviewFlags,
  env: NotifierAddress,
  output: Terminal,
): Promise<number> {
  const labels = pairsOf(flags.label, '--label')
  if (Object.keys(labels).length === 0)
    throw new CliError(
      'bad-usage',
      'which alert? say --label alertname=HighErrorRate --label severity=critical',
    )
  const body = {
    labels,
    annotations: pairsOf(flags.annotation, '--annotation'),
    ...(flags.start === undefined ? {} : { startsAt: readDate('--start', flags.start) }),
    ...(flags.end === undefined ? {} : { endsAt: readDate('--end', flags.end) }),
  }
  const answer = await askNotifier(chooseNotifier(flags.url, env), 'notify/preview', previewAnswer, { body })
  const parts = answer.routes.flatMap(({ integrations }) => integrations)
  if (flags.json) output.print(JSON.stringify(answer, null, 2))
  else output.print(formatPreview(answer, output.colors))
  if (flags.out !== undefined) writePart(answer, flags.out, flags.channel, output)
  return parts.some(({ error, faults }) => error !== undefined || faults.length > 0) ? 1 : 0
}

/** Writes what one channel would send: a page where there is one. */
function writePart(
  answer: PreviewAnswer,
  file: string,
  channel: string | undefined,
  { remark }: Terminal,
): void {
  const all = answer.routes.flatMap(({ integrations }) => integrations)
  const wanted = channel === undefined ? all : all.filter((one) => one.channel === channel)
  const parts = wanted.flatMap(({ channel: from, parts: own }) => own.map((part) => ({ ...part, from })))
  const part = parts.find(({ type }) => type === 'text/html') ?? parts.at(-1)
  if (!part) {
    const channels = all.map((one) => one.channel).join(', ')
    const where =
      channel === undefined ? 'nobody is told' : `--channel ${channel}: there are ${channels || 'none'}`
    throw new CliError('bad-usage', `there is nothing to write to ${file}: ${where}`)
  }
  try {
    writeFileSync(file, part.content)
  } catch (cause) {
    throw new CliError('bad-usage', `--out ${file} cannot be written: ${messageOf(cause)}`, { cause })
  }
  remark(`${file}: what ${part.from} would send (${part.name})`)
}

/** `name=value`, of each a label. */
function pairsOf(given: readonly string[] = [], flag: string): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw new CliError('bad-usage', `${flag} ${text}: write it as name=value`)
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}
