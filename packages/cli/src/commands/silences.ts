import type { CliCommand } from '../command.ts'
import { readEnv } from '../env.ts'
import type { AddFlags, SilenceFlags } from '../notifier/run-silences.ts'
import { terminal } from '../output/terminal.ts'

/** `tocsin silences …` */
export const silencesCommand: CliCommand = {
  register(program, exitWith) {
    const silences = program.command('silences').description('what nobody is to be told of for a while')
    silences
      .command('add')
      .description('mute the alerts that all of these match')
      .argument(
        '<matchers...>',
        'such as alertname=~"High.*" severity!=critical; a word alone is an alert name',
      )
      .requiredOption('-c, --comment <text>', 'why')
      .option('-d, --duration <duration>', 'how long (default: 1h)')
      .option('--start <time>', 'from when on, such as 2026-01-31T09:30:00Z (default: now)')
      .option('--end <time>', 'until when, in place of a duration')
      .option('--by <name>', 'who you are (default: your user name)')
      .option('--url <url>', 'whom to ask (default: the notifier here)')
      .option('--json', 'as JSON')
      .action(async (matchers: string[], flags: AddFlags) => {
        const { addSilence } = await import('../notifier/run-silences.ts')
        await addSilence(matchers, flags, readEnv(), terminal())
      })
    silences
      .command('list')
      .description('the silences, and how many alerts each mutes now')
      .option('--expired', 'those that are over as well')
      .option('--url <url>', 'whom to ask (default: the notifier here)')
      .option('--json', 'as JSON')
      .action(async (flags: SilenceFlags) => {
        const { listSilences } = await import('../notifier/run-silences.ts')
        await listSilences(flags, readEnv(), terminal())
      })
    silences
      .command('expire')
      .description('end silences now: exit code 1 when one cannot be')
      .argument('<ids...>', 'as list shows them')
      .option('--url <url>', 'whom to ask (default: the notifier here)')
      .action(async (ids: string[], flags: SilenceFlags) => {
        const { expireSilences } = await import('../notifier/run-silences.ts')
        exitWith(await expireSilences(ids, flags, readEnv(), terminal()))
      })
  },
}
