import type { CliCommand } from '../command.ts'
import { readEnv } from '../env.ts'
import type { AckFlags } from '../notifier/run-ack.ts'
import { terminal } from '../output/terminal.ts'

/** `tocsin ack` */
export const ackCommand: CliCommand = {
  register(program) {
    program
      .command('ack')
      .description('say that you see to an alert: it is not repeated until it ends, and then its end is told')
      .argument('[fingerprint]', 'of the alert, as deliveries and /api/v2/alerts show it')
      .option('--group <key>', 'all that fire in a group, in place of one alert')
      .option('-c, --comment <text>', 'what you do about it')
      .option('--by <name>', 'who you are (default: your user name)')
      .option('--until <time>', 'repeats go on from then, such as 2026-01-31T09:30:00Z')
      .option('--url <url>', 'whom to ask (default: the notifier here)')
      .action(async (fingerprint: string | undefined, flags: AckFlags) => {
        const { acknowledge } = await import('../notifier/run-ack.ts')
        await acknowledge(fingerprint, flags, readEnv(), terminal())
      })
  },
}
