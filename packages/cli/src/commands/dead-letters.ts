import type { Command } from 'commander'
import type { CliCommand } from '../command.ts'
import { readEnv } from '../env.ts'
import type { LetterFlags, ReplayFlags } from '../notifier/run-dead-letters.ts'
import { terminal } from '../output/terminal.ts'

/** `tocsin dead-letters …` */
export const deadLettersCommand: CliCommand = {
  register(program, exitWith) {
    const letters = program
      .command('dead-letters')
      .description('what could not be delivered or read: list it, show it, replay it')
    filtered(letters.command('list').description('the dead letters, newest first'))
      .option('-n, --limit <count>', 'the newest so many (default: 100)')
      .option('--json', 'as JSON')
      .action(async (flags: LetterFlags) => {
        const { listDeadLetters } = await import('../notifier/run-dead-letters.ts')
        await listDeadLetters(flags, readEnv(), terminal())
      })
    letters
      .command('show')
      .description('one dead letter, whole')
      .argument('<letter>', 'its number, as list shows it')
      .option('--url <url>', 'whom to ask (default: the notifier here)')
      .option('--json', 'as JSON')
      .action(async (letter: string, flags: LetterFlags) => {
        const { showDeadLetter } = await import('../notifier/run-dead-letters.ts')
        await showDeadLetter(letter, flags, readEnv(), terminal())
      })
    filtered(
      letters
        .command('replay')
        .description('put dead letters into their queues again: exit code 1 when some cannot be')
        .argument('[letters...]', 'their numbers; or say which by filters'),
    )
      .option('--all', 'every one')
      .action(async (named: string[], flags: ReplayFlags) => {
        const { replayDeadLetters } = await import('../notifier/run-dead-letters.ts')
        exitWith(await replayDeadLetters(named, flags, readEnv(), terminal()))
      })
  },
}

function filtered(command: Command): Command {
  return command
    .option('--reason <reason>', 'only for this reason, such as gave_up_http_500')
    .option('--channel <channel>', 'only for this channel')
    .option('--since <time>', 'refused since: a date, Unix seconds, or how long ago, such as 2h')
    .option('--until <time>', 'refused until')
    .option('--url <url>', 'whom to ask (default: the notifier here)')
}
