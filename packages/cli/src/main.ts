#!/usr/bin/env node
import { Command } from 'commander'
import { commands } from './commands/registry.ts'
import { CliError } from './errors.ts'

const program = new Command('tocsin')
  .description('Production monitoring for Node and TypeScript teams.')
  .showHelpAfterError()

for (const command of commands) command.register(program)

try {
  await program.parseAsync()
} catch (error) {
  // What has a message for the user is said in its words; anything else is a fault of ours, and keeps its stack.
  const text =
    error instanceof CliError ? error.message : error instanceof Error ? error.stack : String(error)
  process.stderr.write(`tocsin: ${text}\n`)
  process.exitCode = 1
}
