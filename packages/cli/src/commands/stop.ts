import type { CliCommand } from '../command.ts'
import { readEnv } from '../env.ts'
import { stopRun } from '../run/stop-run.ts'

/** `tocsin stop` */
export const stopCommand: CliCommand = {
  register(program) {
    program
      .command('stop')
      .description('stop what `up` has started, and nothing else')
      .action(async () => {
        const pid = await stopRun(readEnv().home)
        console.log(pid === undefined ? 'Tocsin is not running.' : `Tocsin (pid ${pid}) is stopped.`)
      })
  },
}
