import { Command } from 'commander'
import { commands } from './commands/registry.ts'
import { CliError } from './errors.ts'

/** Runs `tocsin` with these arguments. Resolves with its exit code. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const program = new Command('tocsin')
    .description('Production monitoring for Node and TypeScript teams.')
    .showHelpAfterError()
  let code = 0
  const exitWith = (given: number) => {
    code = given
  }
  for (const command of commands) command.register(program, exitWith)
  try {
    await program.parseAsync([...argv])
    return code
  } catch (error) {
    // What has a message for the user is said in its words; anything else is a fault of ours, and keeps its stack.
    const text =
      error instanceof CliError ? error.message : error instanceof Error ? error.stack : String(error)
    process.stderr.write(`tocsin: ${text}\n`)
    return 1
  }
}
