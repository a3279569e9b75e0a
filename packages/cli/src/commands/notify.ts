import type { Command } from 'commander'
import type { CliCommand } from '../command.ts'
import { readEnv } from '../env.ts'
import type { PreviewFlags } from '../notifier/run-notify.ts'
import { terminal } from '../output/terminal.ts'

const EXAMPLES = `
Examples:
  tocsin notify check notifier.yml
  tocsin notify preview --label alertname=HighErrorRate --label severity=critical
  tocsin notify preview --label alertname=Slow --annotation summary='It is slow' --out mail.html
  tocsin notify test on-call`

const collect = (value: string, before: readonly string[] = []) => [...before, value]

/** `tocsin notify …` */
export const notifyCommand: CliCommand = {
  register(program, exitWith) {
    const notify = program
      .command('notify')
      .description(
        'who would be told of an alert, and in which words; tries receivers, checks configurations',
      )
      .addHelpText('after', EXAMPLES)
    asking(
      notify
        .command('test')
        .description('send a test, marked as one, by every way of a receiver: exit code 1 when one fails')
        .argument('[receiver]', 'its name (default: the one that all routes come from)'),
    ).action(async (receiver: string | undefined, flags: { url?: string; json?: boolean }) => {
      const { testReceiver } = await import('../notifier/run-notify.ts')
      exitWith(await testReceiver(receiver, flags, readEnv(), terminal()))
    })
    asking(
      notify
        .command('preview')
        .description(
          'what an alert would lead to, without telling anybody: exit code 1 when a template fails',
        )
        .option('-l, --label <name=value>', 'a label of the alert; as often as needed', collect)
        .option('-a, --annotation <name=value>', 'an annotation of the alert; as often as needed', collect)
        .option('--start <time>', 'when it began, such as 2026-01-31T09:30:00Z (default: now)')
        .option('--end <time>', 'when it ended: then it is told as resolved')
        .option('--out <file>', 'write a message to this file: the mail as a page, where there is one')
        .option('--channel <channel>', 'of this channel'),
    ).action(async (flags: PreviewFlags) => {
      const { previewAlert } = await import('../notifier/run-notify.ts')
      exitWith(await previewAlert(flags, readEnv(), terminal()))
    })
    notify
      .command('check')
      .description(
        'check a configuration and its templates, with every fault at its place: exit code 1 when refused',
      )
      .argument('<file>', 'the notifier.yml')
      .action(async (file: string) => {
        const { checkConfig } = await import('../notifier/check-config.ts')
        exitWith(await checkConfig(file, readEnv()))
      })
  },
}

function asking(command: Command): Command {
  return command.option('--url <url>', 'whom to ask (default: the notifier here)').option('--json', 'as JSON')
}
