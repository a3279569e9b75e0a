import { Option } from 'commander'
import pc from 'picocolors'
import type { CliCommand } from '../command.ts'
import { readEnv } from '../env.ts'
import { describeRun } from '../run/describe-run.ts'
import { fileOutput, terminalOutput } from '../run/output.ts'
import { prepareHome } from '../run/prepare-home.ts'
import { liveRun, logsFolder } from '../run/run-file.ts'
import { runSystem } from '../run/run-system.ts'
import { startDetached } from '../run/start-detached.ts'

interface UpOptions {
  readonly detach?: boolean
  readonly supervisor?: boolean
}

async function detach(): Promise<void> {
  const env = readEnv()
  const running = liveRun(env.home)
  if (running) {
    console.log(`tocsin: Tocsin already runs (pid ${running.pid}): \`npm run status\` shows it`)
    return
  }
  console.log('tocsin: starting in the background …')
  const run = await startDetached(env)
  console.log(describeRun(run, pc))
  console.log(`Logs are under ${logsFolder(env.home)}.`)
}

async function up(options: UpOptions): Promise<number> {
  if (options.detach) {
    await detach()
    return 0
  }
  const env = readEnv()
  // Of a supervisor, who started it has tried the folder.
  if (!options.supervisor) prepareHome(env.home)
  const logs = logsFolder(env.home)
  const output = options.supervisor ? fileOutput(logs) : terminalOutput(logs)
  return runSystem(env, output, options.supervisor === true)
}

/** `tocsin up [--detach]` */
export const upCommand: CliCommand = {
  register(program, exitWith) {
    program
      .command('up')
      .description('start everything here: NATS, Redis, a local inbox and all services')
      .option('-d, --detach', 'leave it running in the background')
      .addOption(new Option('--supervisor').hideHelp())
      .action(async (options: UpOptions) => exitWith(await up(options)))
  },
}
