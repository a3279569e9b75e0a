import type { CliCommand } from '../command.ts'
import { readEnv } from '../env.ts'
import type { DeliveriesFlags } from '../notifier/run-deliveries.ts'
import { terminal } from '../output/terminal.ts'

const EXAMPLES = `
A <time> is a date such as 2026-01-31T09:30:00Z, Unix seconds, or how long ago, such as 10m.

Examples:
  tocsin deliveries --alert HighErrorRate        its story: when it fired, who was told, what went wrong
  tocsin deliveries --outcome dead --since 1d
  tocsin deliveries --channel slack --follow`

/** `tocsin deliveries` */
export const deliveriesCommand: CliCommand = {
  register(program) {
    program
      .command('deliveries')
      .description('what was told to whom, and what became of one alert')
      .option('--alert <alert>', 'the story of this alert, by its name or its fingerprint')
      .option('--outcome <outcome>', 'only delivered, failed, suppressed or dead')
      .option('--channel <channel>', 'only by this channel')
      .option('--receiver <receiver>', 'only to this receiver')
      .option('--severity <severity>', 'only low, medium, high or critical')
      .option('--reason <reason>', 'only for this reason, such as http_500')
      .option('--since <time>', 'from here on')
      .option('--until <time>', 'up to here')
      .option('-n, --limit <count>', 'the newest so many (default: 100)')
      .option('-f, --follow', 'go on showing what comes')
      .option('--url <url>', 'whom to ask (default: the notifier here)')
      .option('--json', 'as JSON')
      .addHelpText('after', EXAMPLES)
      .action(async (flags: DeliveriesFlags) => {
        const { runDeliveries } = await import('../notifier/run-deliveries.ts')
        await runDeliveries(flags, readEnv(), terminal())
      })
  },
}
