import { Command, CommanderError } from 'commander'
import { commands } from './commands/registry.ts'
import { CliError } from './errors.ts'

const BAD_USAGE = 2

/** Runs `tocsin` with these arguments. Resolves with its exit code. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const program = new Command('tocsin')
    .description('Production monitoring for Node and TypeScript teams.')
    .showHelpAfterError('--help says what there is.')
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'tocsin: ')) })
    .exitOverride()
  let code = 0
  const exitWith = (given: number) => {
    code = given
  }
  for (const command of commands) command.register(program, exitWith)
  try {
    await program.parseAsync([...argv])
    return code
  } catch (error) {
    // Commander has said what was wrong; asking for help is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_USAGE
    // What has a message for the user is said in its words; anything else is a fault of ours, and keeps its stack.
    const text =
      error instanceof CliError ? error.message : error instanceof Error ? error.stack : String(error)
    process.stderr.write(`tocsin: ${text}\n`)
    return error instanceof CliError && error.code === 'bad-usage' ? BAD_USAGE : 1
  }
}
